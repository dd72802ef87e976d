import { hasCode } from '../../domain/errors.ts';
import type { Asked, GithubClient } from './client.ts';
import { permissionSchema, repositorySchema } from './schema.ts';

/** `maintain` and roles of an organisation's own are given as one of the base roles. */
const MAY_PUSH: ReadonlySet<string> = new Set(['admin', 'write']);

/** Whether somebody may push. Only a token that may push itself is told of others. */
export async function mayPush(client: GithubClient, asked: Asked & { readonly user: string }): Promise<boolean> {
  try {
    const { permission } = await client.call(asked, {
      what: `ask what ${asked.user} may do`,
      route: 'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
      parameters: { username: asked.user },
      schema: permissionSchema,
    });
    return MAY_PUSH.has(permission);
  } catch (error) {
    if (!hasCode(error, 'repository_unreachable')) throw error;
    // Either the user or the repository is not there; only the first is an answer.
    await client.call(asked, {
      what: `read ${asked.repositoryUrl}`,
      route: 'GET /repos/{owner}/{repo}',
      schema: repositorySchema,
    });
    return false;
  }
}
