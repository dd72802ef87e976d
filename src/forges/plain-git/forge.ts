import { hasCode, WorkOrderError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/error-catalogue.ts';
import type { Credentials } from '../../ports/credentials.ts';
import type { Forge } from '../../ports/forge.ts';
import { isObjectId } from '../../process/git.ts';
import { isLocalRepository, remoteProgram } from '../../process/git-environment.ts';
import { gitWithToken } from '../../process/git-with-token.ts';
import { howToOpenPullRequest } from './how-to.ts';

interface Remote {
  readonly repositoryUrl: string;
  readonly credentials: Credentials;
  readonly signal: AbortSignal;
}

const HEADS = 'refs/heads/';
const LOOK_TIMEOUT_MS = 120_000;
const PUSH_CODES: Partial<Record<ErrorCode, ErrorCode>> = {
  configuration_invalid: 'configuration_invalid',
  forge_app_refused: 'forge_app_refused',
  forge_permission_missing: 'forge_permission_missing',
  forge_auth_required: 'forge_auth_required',
  git_conflict: 'git_conflict',
  forge_unavailable: 'forge_unavailable',
  // The branches were read from there before, so it may be back later.
  repository_unreachable: 'forge_unavailable',
};

/** Any git remote, by git alone: branches and pushes, no pull requests and no issues. Takes every repository. */
export function createPlainGitForge({ credentials }: { readonly credentials: Credentials }): Forge {
  return {
    id: 'plain-git',
    opensPullRequests: async () => false,
    recognises: () => true,

    async verify({ repositoryUrl, signal }) {
      const remote = { repositoryUrl, credentials, signal };
      const listing = await listRemote(remote, ['--symref'], 'HEAD');
      if (listing === '' && (await listHeads(remote, `${HEADS}*`)).size === 0) {
        throw new WorkOrderError('repository_empty', `${repositoryUrl} has no commit on any branch.`);
      }
      const defaultBranch = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(listing)?.[1] ?? null;
      return { ...nameIn(repositoryUrl), defaultBranch, mayPush: null };
    },

    expectPush: async () => undefined,

    async branches({ repositoryUrl, prefix, signal }) {
      // A prefix that git would read as a pattern is compared here only.
      const pattern = /^[A-Za-z0-9/_-]*$/.test(prefix) ? `${HEADS}${prefix}*` : `${HEADS}*`;
      const heads = await listHeads({ repositoryUrl, credentials, signal }, pattern);
      return [...heads.keys()].filter((branch) => branch.startsWith(prefix));
    },

    issue: async () => null,

    async push({ repositoryUrl, fromRepository, branch, commit, replaces, signal }) {
      if (!isObjectId(commit)) throw new WorkOrderError('push_refused', `${commit} is not the full name of a commit.`);
      try {
        await pushOnce({ repositoryUrl, credentials, signal }, { fromRepository, branch, commit, replaces });
      } catch (error) {
        throw pushFailure(error, repositoryUrl, branch);
      }
    },

    openPullRequest: async ({ repositoryUrl, branch, baseBranch }) => ({
      opened: false,
      howTo: howToOpenPullRequest({ repositoryUrl, branch, baseBranch }),
    }),
    fileUrl: () => null,
    updatePullRequest: async () => undefined,
    keepComment: async () => null,
    mayPush: async () => false,
    checks: async () => [],
  };
}

interface Wanted {
  readonly branch: string;
  readonly commit: string;
  readonly replaces: readonly string[];
}

async function pushOnce(remote: Remote, what: Wanted & { readonly fromRepository: string }): Promise<void> {
  const { repositoryUrl, credentials, signal } = remote;
  const { fromRepository, branch, commit } = what;
  const there = await commitAt(remote, what);
  if (there === commit) return;
  try {
    await gitWithToken(credentials, {
      gitDirectory: fromRepository,
      args: [
        'push',
        '--quiet',
        '--porcelain',
        '--no-verify',
        // The branch must be as it was at the look, or not exist yet, whatever has happened since.
        `--force-with-lease=${HEADS}${branch}:${there ?? ''}`,
        `--receive-pack=${remoteProgram('receive-pack', repositoryUrl)}`,
        '--',
        repositoryUrl,
        `${commit}:${HEADS}${branch}`,
      ],
      remote: repositoryUrl,
      signal,
    });
  } catch (error) {
    if (hasCode(error, 'cancelled')) throw error;
    // The answer may have been lost on its way, or somebody else has pushed the same.
    const arrived = await isThere(remote, what).catch((again: unknown) => {
      if (hasCode(again, 'git_conflict') || hasCode(again, 'cancelled')) throw again;
      return false;
    });
    if (!arrived) throw error;
    return;
  }
  if (await isThere(remote, what)) return;
  throw new WorkOrderError('push_refused', `${repositoryUrl} took the push but does not show ${branch}.`);
}

async function isThere(remote: Remote, wanted: Wanted): Promise<boolean> {
  return (await commitAt(remote, wanted)) === wanted.commit;
}

/** Where the branch stands, null where it is not there. Rejects with `git_conflict` when somebody else has put it there. */
async function commitAt(remote: Remote, { branch, commit, replaces }: Wanted): Promise<string | null> {
  const heads = await listHeads(remote, `${HEADS}${branch}`);
  const there = heads.get(branch) ?? null;
  if (there === null || there === commit || replaces.includes(there)) return there;
  throw new WorkOrderError(
    'git_conflict',
    `${remote.repositoryUrl} has a branch ${branch} at another commit (${there.slice(0, 10)}); it is left alone.`,
  );
}

async function listHeads(remote: Remote, pattern: string): Promise<ReadonlyMap<string, string>> {
  const listing = await listRemote(remote, ['--heads'], pattern);
  const heads = new Map<string, string>();
  for (const line of listing.split('\n')) {
    const [commit, ref] = line.split('\t');
    if (commit !== undefined && ref?.startsWith(HEADS)) heads.set(ref.slice(HEADS.length), commit);
  }
  return heads;
}

async function listRemote(remote: Remote, options: readonly string[], pattern: string): Promise<string> {
  const { repositoryUrl, credentials, signal } = remote;
  const program = `--upload-pack=${remoteProgram('upload-pack', repositoryUrl)}`;
  const { stdout } = await gitWithToken(credentials, {
    args: ['ls-remote', ...options, program, '--', repositoryUrl, pattern],
    remote: repositoryUrl,
    timeoutMs: LOOK_TIMEOUT_MS,
    signal,
  }).catch((error: unknown) => {
    throw hasCode(error, 'git_failed') ? unreachable(error, repositoryUrl) : error;
  });
  return stdout.toString('utf8').trimEnd();
}

/** The last two parts of the path; a local folder has no owner. */
function nameIn(repositoryUrl: string): { readonly name: string; readonly owner: string | null } {
  const [name = repositoryUrl, owner = null] = repositoryUrl
    .replace(/^[a-z]+:\/\/[^/]*/, '')
    .split(/[/:]/)
    .filter((part) => part !== '' && part !== '.git')
    .toReversed();
  return { name: name.replace(/\.git$/, ''), owner: isLocalRepository(repositoryUrl) ? null : owner };
}

function unreachable(error: WorkOrderError, repositoryUrl: string): WorkOrderError {
  return new WorkOrderError('repository_unreachable', `${repositoryUrl} cannot be read: ${error.message}`, {
    cause: error,
  });
}

/** Every way in which a push fails is one of the codes that the port names. */
function pushFailure(error: unknown, repositoryUrl: string, branch: string): unknown {
  if (!(error instanceof WorkOrderError) || error.code === 'cancelled') return error;
  const code = PUSH_CODES[error.code] ?? 'push_refused';
  const message = `${branch} could not be pushed to ${repositoryUrl}: ${error.message}`;
  return new WorkOrderError(code, message, { cause: error });
}
