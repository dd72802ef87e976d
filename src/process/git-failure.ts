import type { ErrorCode } from '../domain/error-catalogue.ts';

/** What can be said of a git command that failed, from its own words (LC_ALL=C). */
interface FailedGit {
  readonly stderr: string;
  readonly timedOut: boolean;
}

const MAX_WORDS = 600;

/*
 * Asked from top to bottom, the first that fits wins: a refused push also says "failed to push some refs", an ssh
 * login that failed also says "Could not read from remote repository".
 */
const KINDS: readonly (readonly [ErrorCode, RegExp])[] = [
  // Of this machine: the server's own disk is the server's to tell of.
  ['disk_full', /^(?!remote: ).*(?:No space left on device|Disk quota exceeded)/im],
  ['git_conflict', /non-fast-forward|stale info|fetch first/i],
  [
    'push_refused',
    /\[(?:remote )?rejected\]|pre-receive hook declined|protected branch|deny(?:ing|Current)|unpacker error/i,
  ],
  [
    'forge_auth_required',
    /could not read (?:Username|Password)|Authentication failed|Permission denied \(|Permission denied, please try again|terminal prompts disabled|Invalid username or|returned error: 40[13]|HTTP 40[13]|HTTP Basic: Access denied|Permission to \S+ denied/i,
  ],
  [
    'forge_unavailable',
    /Connection refused|Connection timed out|Operation timed out|timed out after|Could not resolve host|Temporary failure in name resolution|returned error: (?:5\d\d|429)|Network is unreachable|No route to host|Connection reset|Failed to connect|Recv failure|unexpected disconnect|remote end hung up|early EOF|Empty reply from server|transfer closed|Operation too slow/i,
  ],
  [
    'repository_unreachable',
    /not appear to be a git repository|repository '?[^\n]*'? not found|Repository not found|does not exist|not found|returned error: (?:3\d\d|4\d\d)|redirect|Host key verification failed|Could not read from remote repository|SSL|certificate|dubious ownership|transport '[^']*' not allowed|unable to access|Permission denied/i,
  ],
];

/** The code of the catalogue that git's words mean, or `git_failed` where they mean none. */
export function classifyGitFailure({ stderr, timedOut }: FailedGit): ErrorCode {
  if (timedOut) return 'forge_unavailable';
  return KINDS.find(([, pattern]) => pattern.test(stderr))?.[0] ?? 'git_failed';
}

/**
 * The lines of git's words that tell a person why: what the server said, and the fatal and error lines; at most 600
 * characters on one line.
 */
export function gitWords(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.replaceAll(/\p{Cc}/gu, ' ').trim())
    .filter((line) => line !== '' && line !== 'remote:');
  const telling = lines.filter((line) => /^(?:remote: |fatal: |error: |! |ssh: )|\[(?:remote )?rejected\]/.test(line));
  const words = (telling.length > 0 ? telling : lines).join('; ');
  return words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)}…` : words;
}
