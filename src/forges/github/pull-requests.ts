import { z } from 'zod';
import { hasCode } from '../../domain/errors.ts';
import { untilShown } from '../write-once.ts';
import type { Asked, GithubClient } from './client.ts';
import { pullSchema } from './schema.ts';

type Pull = z.infer<typeof pullSchema>;

/** Finds the pull request of a branch or opens it, and returns when GitHub shows it at the commit. */
export async function openPullRequest(
  client: GithubClient,
  asked: Asked & {
    readonly branch: string;
    readonly commit: string;
    readonly baseBranch: string;
    readonly title: string;
    readonly body: string;
    readonly draft: boolean;
  },
): Promise<string> {
  const look = () => findByBranch(client, asked, asked.branch);
  const pull = (await look()) ?? (await client.writeOnce(asked, { write: () => create(client, asked), look }));
  await untilShown({
    number: pull.number,
    commit: asked.commit,
    look: () => shownCommit(client, asked, pull.number),
    pause: () => client.pause(asked),
  });
  return pull.html_url;
}

async function create(client: GithubClient, asked: Parameters<typeof openPullRequest>[1]): Promise<Pull> {
  const { branch, baseBranch, title, body, draft } = asked;
  try {
    return await client.call(asked, {
      what: `open a pull request for ${branch}`,
      route: 'POST /repos/{owner}/{repo}/pulls',
      parameters: { head: branch, base: baseBranch, title: title.slice(0, 256), body, draft },
      schema: pullSchema,
    });
  } catch (error) {
    // "A pull request already exists": then a look finds it.
    const found = hasCode(error, 'forge_refused') ? await findByBranch(client, asked, branch) : null;
    if (found) return found;
    throw error;
  }
}

/**
 * An open one before one that was closed or merged since: a person who has closed it does not want another one. No two
 * work orders share a branch, so the branch alone says which it is.
 */
async function findByBranch(client: GithubClient, asked: Asked, branch: string): Promise<Pull | null> {
  const { owner } = client.nameOf(asked.repositoryUrl);
  const pulls = await client.call(asked, {
    what: `look for the pull request of ${branch}`,
    route: 'GET /repos/{owner}/{repo}/pulls',
    parameters: { head: `${owner}:${branch}`, state: 'all', per_page: 100 },
    schema: z.array(pullSchema),
  });
  const own = pulls.filter((pull) => pull.head.ref === branch);
  return own.find((pull) => pull.state === 'open') ?? own[0] ?? null;
}

async function shownCommit(client: GithubClient, asked: Asked, number: number): Promise<string> {
  const { head } = await client.call(asked, {
    what: `read pull request ${number}`,
    route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
    parameters: { pull_number: number },
    schema: pullSchema,
  });
  return head.sha;
}
