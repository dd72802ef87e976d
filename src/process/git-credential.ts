import type { ConfigEntry } from './git-environment.ts';
import { protocolOf } from './git-environment.ts';

/** The descriptor on which one git process finds its token. */
const DESCRIPTOR = 3;
/** How many times one git command may ask; each question takes one line off the pipe. */
const MAX_QUESTIONS = 16;

/*
 * Read by the shell that git starts, from the pipe that git has inherited: in no argument, no environment, no file and
 * no URL, so that nothing of it shows in /proc or stays after a kill. `read` and `printf` are the shell's own.
 */
const HELPER =
  `!f() { test "$1" = get && IFS= read -r secret <&${DESCRIPTOR} && ` +
  `printf 'username=x-access-token\\npassword=%s\\n' "$secret"; }; f`;

/** How a git command is given a token: its configuration, and what to write to its descriptor 3. */
interface GitCredential {
  readonly config: readonly ConfigEntry[];
  readonly pipe: string;
}

/**
 * Null for a remote that is not spoken to by http: it has other keys, or needs none. The helper is for the scheme, host
 * and port of the remote alone, and redirects are not followed, so no other server is given the token.
 */
export function gitCredential(remote: string, token: string): GitCredential | null {
  const protocol = protocolOf(remote);
  if (protocol !== 'https' && protocol !== 'http') return null;
  if (!/^[\u0021-\u007e]+$/.test(token)) throw new Error('a token with a space, a line end or a sign beyond ASCII');
  return {
    config: [[`credential.${new URL(remote).origin}.helper`, HELPER]],
    pipe: `${token}\n`.repeat(MAX_QUESTIONS),
  };
}
