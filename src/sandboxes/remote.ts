import { hasCode, WorkOrderError } from '../domain/errors.ts';
import type { Credentials } from '../ports/credentials.ts';
import { gitWithToken } from '../process/git-with-token.ts';
import { remoteProgram } from '../process/git-environment.ts';

/** The branch that a work order starts from, as the remote shows it now. */
export interface RemoteBase {
  readonly branch: string;
  readonly commit: string;
}

interface RemoteInput {
  readonly repositoryUrl: string;
  readonly credentials: Credentials;
  readonly signal: AbortSignal;
}

const MAX_NAMED_BRANCHES = 8;

/**
 * Finds the base branch, or the default branch when none is named. Rejects with `repository_empty`,
 * `base_branch_not_found`, or as `remoteFailure` says.
 */
export async function findBase(input: RemoteInput & { readonly baseBranch: string | null }): Promise<RemoteBase> {
  const { baseBranch } = input;
  const wanted = baseBranch === null ? [] : [`refs/heads/${baseBranch}`];
  const answer = await listRemote(input, ['--symref'], ['HEAD', ...wanted]);
  const head = answer.refs.get('HEAD');
  const branch = baseBranch ?? answer.defaultBranch;
  const commit = baseBranch === null ? head : answer.refs.get(`refs/heads/${baseBranch}`);
  if (branch !== null && commit !== undefined) return { branch, commit };
  return withoutBase(input, head);
}

/** Fetches refs into a repository of the service's own, and leaves nothing else behind in it. */
export async function fetchRefs({
  gitDirectory,
  repositoryUrl,
  refspecs,
  credentials,
  signal,
}: RemoteInput & { readonly gitDirectory: string; readonly refspecs: readonly string[] }): Promise<void> {
  const uploadPack = `--upload-pack=${remoteProgram('upload-pack', repositoryUrl)}`;
  const quietly = ['--quiet', '--no-tags', '--no-write-fetch-head', '--refmap='];
  const args = ['fetch', ...quietly, uploadPack, '--', repositoryUrl, ...refspecs];
  await gitWithToken(credentials, { gitDirectory, args, remote: repositoryUrl, signal });
}

/** What a fetch or a look at a remote failed with, as a sandbox says it. */
export function remoteFailure(error: unknown, repositoryUrl: string): unknown {
  if (!(error instanceof WorkOrderError)) return error;
  const { message } = error;
  switch (error.code) {
    case 'forge_auth_required':
      return new WorkOrderError('forge_auth_required', `${repositoryUrl} wants credentials: ${message}`, {
        cause: error,
      });
    case 'forge_unavailable':
    case 'repository_unreachable':
      return new WorkOrderError(error.code, `${repositoryUrl} cannot be fetched: ${message}`, { cause: error });
    case 'git_failed':
      return new WorkOrderError('sandbox_failed', message, { cause: error });
    default:
      return error;
  }
}

/** There is no such branch: says whether there is anything at all. */
async function withoutBase(
  input: RemoteInput & { readonly baseBranch: string | null },
  head: string | undefined,
): Promise<RemoteBase> {
  const { repositoryUrl, baseBranch } = input;
  const { refs } = await listRemote(input, ['--heads'], []);
  const branches = [...refs.keys()].map((ref) => ref.replace(/^refs\/heads\//, ''));
  if (branches.length === 0) {
    throw new WorkOrderError('repository_empty', `${repositoryUrl} has no commit on any branch.`);
  }
  const sameAsHead = branches.filter((branch) => head !== undefined && refs.get(`refs/heads/${branch}`) === head);
  const detached = sameAsHead.find((branch) => branch === 'main' || branch === 'master') ?? sameAsHead[0];
  if (baseBranch === null && detached !== undefined && head !== undefined) return { branch: detached, commit: head };
  const named = branches.slice(0, MAX_NAMED_BRANCHES).join(', ');
  const more = branches.length > MAX_NAMED_BRANCHES ? ` and ${branches.length - MAX_NAMED_BRANCHES} more` : '';
  const what =
    baseBranch === null ? `${repositoryUrl} has no default branch` : `${repositoryUrl} has no branch ${baseBranch}`;
  throw new WorkOrderError('base_branch_not_found', `${what}; it has ${named}${more}.`);
}

async function listRemote(input: RemoteInput, options: readonly string[], patterns: readonly string[]) {
  const { repositoryUrl, credentials, signal } = input;
  const program = `--upload-pack=${remoteProgram('upload-pack', repositoryUrl)}`;
  let listing: string;
  try {
    const { stdout } = await gitWithToken(credentials, {
      args: ['ls-remote', ...options, program, '--', repositoryUrl, ...patterns],
      remote: repositoryUrl,
      timeoutMs: 120_000,
      signal,
    });
    listing = stdout.toString('utf8').trimEnd();
  } catch (error) {
    throw remoteFailure(error, repositoryUrl);
  }
  const refs = new Map<string, string>();
  let defaultBranch: string | null = null;
  for (const line of listing.split('\n')) {
    const [value, ref] = line.split('\t');
    if (value === undefined || ref === undefined) continue;
    const symbolic = /^ref: refs\/heads\/(.+)$/.exec(value)?.[1];
    if (symbolic !== undefined && ref === 'HEAD') defaultBranch = symbolic;
    else if (!value.startsWith('ref: ')) refs.set(ref, value);
  }
  return { refs, defaultBranch };
}

/** The error of a fetch that found the branch gone, which the remote had shown a moment before. */
export function isMissingRef(error: unknown): boolean {
  return hasCode(error, 'git_failed') && /couldn't find remote ref/.test(error.message);
}
