import { hasCode } from '../domain/errors.ts';
import type { Credentials } from '../ports/credentials.ts';
import type { GitCommand, GitResult } from './git.ts';
import { git } from './git.ts';

/**
 * Runs a git command that talks to a remote as what the service is known by there; over ssh and in a folder no token
 * counts, so none is asked for. Rejects as `git` and `tokenFor` do.
 */
export async function gitWithToken(
  credentials: Credentials,
  command: Omit<GitCommand, 'token'> & { readonly remote: string },
): Promise<GitResult> {
  const repositoryUrl = command.remote;
  const token = /^https?:/.test(repositoryUrl) ? await credentials.tokenFor({ repositoryUrl }) : null;
  try {
    return await git({ ...command, token });
  } catch (error) {
    const refused = hasCode(error, 'forge_auth_required') || hasCode(error, 'repository_unreachable');
    if (token !== null && refused) credentials.refused({ repositoryUrl, token });
    throw error;
  }
}
