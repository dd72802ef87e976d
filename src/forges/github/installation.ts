import type { Octokit } from '@octokit/core';
import type { z } from 'zod';
import { WorkOrderError } from '../../domain/errors.ts';
import type { GithubApp } from '../known-hosts.ts';
import { appFailure } from './app-failure.ts';
import type { RepositoryName } from './repository-name.ts';
import { appSchema, failureSchema, installationSchema, installationTokenSchema } from './schema.ts';

/** A token of an app for one repository. */
export interface InstallationToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** What a work order cannot do without: to push its branch, and to open its pull request. */
const NEEDED = { contents: 'Contents', pull_requests: 'Pull requests' } as const;

/** True for the token of an installation, whoever has asked for it. */
export function isInstallationToken(token: string | null): boolean {
  return token?.startsWith('ghs_') ?? false;
}

/**
 * Asks for a token that opens one repository and no other. Rejects with `forge_app_refused`,
 * `forge_permission_missing` or `forge_unavailable`; each says what a person can do.
 */
export async function askForToken(input: {
  readonly octokit: Octokit;
  readonly webToken: string;
  readonly app: GithubApp;
  readonly host: string;
  readonly repository: RepositoryName;
  readonly nowMs: number;
}): Promise<InstallationToken> {
  const { octokit, webToken, app, host, repository, nowMs } = input;
  const headers = { authorization: `Bearer ${webToken}` };
  const ask = async <Schema extends z.ZodType>(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
    schema: Schema,
  ): Promise<z.infer<Schema>> => {
    const answer = await octokit.request(route, { ...parameters, headers }).catch((error: unknown) => {
      throw appFailure(error, { app, host, nowMs });
    });
    const parsed = schema.safeParse(answer.data);
    if (parsed.success) return parsed.data;
    throw new WorkOrderError('forge_refused', `${host} answers in a form that is not GitHub's.`, {
      cause: parsed.error,
    });
  };
  const notInstalled = async () => {
    const { html_url } = await ask('GET /app', {}, appSchema);
    const { owner, repo } = repository;
    return new WorkOrderError(
      'forge_app_refused',
      `GitHub App ${app.id} is not installed on ${owner}/${repo}; open ${html_url}/installations/new and choose it.`,
    );
  };
  /** An app that may not see the repository is told so; by 404 or, where the installation is named, by 422. */
  const unless = async <Value>(status: number, asking: Promise<Value>): Promise<Value> => {
    try {
      return await asking;
    } catch (error) {
      const { cause } = error instanceof Error ? error : { cause: null };
      throw failureSchema.safeParse(cause).data?.status === status ? await notInstalled() : error;
    }
  };

  const found =
    app.installationId === null
      ? await unless(404, ask('GET /repos/{owner}/{repo}/installation', { ...repository }, installationSchema))
      : null;
  if (found?.suspended_at) throw suspended(app, found.html_url);
  const { token, expires_at, permissions } = await unless(
    422,
    ask(
      'POST /app/installations/{installation_id}/access_tokens',
      { installation_id: found?.id ?? app.installationId, repositories: [repository.repo] },
      installationTokenSchema,
    ),
  );
  const missing = Object.entries(NEEDED).filter(([name]) => permissions && permissions[name] !== 'write');
  if (missing.length > 0) {
    const names = missing.map(([, name]) => `${name}: read and write`).join(', ');
    const where = found === null ? 'on the page of the installation' : `at ${found.html_url}`;
    throw new WorkOrderError(
      'forge_permission_missing',
      `GitHub App ${app.id} lacks permissions (${names}). Add them in the settings of the app; then the owner of ${repository.owner}/${repository.repo} has to accept them ${where}.`,
    );
  }
  return { token, expiresAtMs: Date.parse(expires_at) };
}

function suspended(app: GithubApp, page: string): WorkOrderError {
  return new WorkOrderError(
    'forge_app_refused',
    `The installation of GitHub App ${app.id} is suspended; its owner can lift that at ${page}.`,
  );
}
