import { hasCode } from '../../domain/errors.ts';
import type { KeptComment } from '../kept-comment.ts';
import { keepOneComment } from '../kept-comment.ts';
import type { Asked, GithubClient } from './client.ts';
import { readComments } from './conversation.ts';
import type { Comment } from './schema.ts';
import { commentSchema, selfSchema } from './schema.ts';

interface Kept extends Asked {
  readonly number: string;
  readonly marker: string;
  readonly body: string;
}

/** Makes or changes the one comment of the service's own that holds the marker; one that was deleted is made anew. */
export async function keepComment(
  client: GithubClient,
  asked: Kept & { readonly commentId: string | null },
): Promise<{ readonly id: string; readonly url: string }> {
  return keepOneComment({
    commentId: asked.commentId,
    body: asked.body,
    change: (commentId) => change(client, asked, commentId),
    find: () => findOwn(client, asked),
    make: () => make(client, asked),
    pause: () => client.pause(asked),
  });
}

async function make(client: GithubClient, asked: Kept): Promise<KeptComment> {
  const comment = await client.call(asked, {
    what: `comment on ${asked.number}`,
    route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
    parameters: { issue_number: asked.number, body: asked.body },
    schema: commentSchema,
  });
  return keptFrom(comment);
}

/** Null when there is no such comment, as after a person has deleted it. */
async function change(client: GithubClient, asked: Kept, commentId: string): Promise<KeptComment | null> {
  try {
    const comment = await client.call(asked, {
      what: `change the comment on ${asked.number}`,
      route: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
      parameters: { comment_id: commentId, body: asked.body },
      schema: commentSchema,
    });
    return keptFrom(comment);
  } catch (error) {
    if (hasCode(error, 'repository_unreachable')) return null;
    throw error;
  }
}

/** Whoever may push can change the comments of others too: that one can be changed does not make it the service's own. */
async function findOwn(client: GithubClient, asked: Kept): Promise<KeptComment | null> {
  const marked = (await readComments(client, asked)).filter(({ body }) => body?.includes(asked.marker));
  if (marked.length === 0) return null;
  const self = await ownLogin(client, asked);
  const own = marked.find(({ user }) => (self === null ? user?.type === 'Bot' : user?.login === self));
  return own ? keptFrom(own) : null;
}

function keptFrom({ id, html_url, body }: Comment): KeptComment {
  return { id: String(id), url: html_url, body: body ?? '' };
}

/** The login that the token is of; null for a GitHub App, which is a bot and may not ask. */
async function ownLogin(client: GithubClient, asked: Asked): Promise<string | null> {
  try {
    const { login } = await client.call(asked, {
      what: 'ask whose the token is',
      route: 'GET /user',
      schema: selfSchema,
    });
    return login;
  } catch (error) {
    if (hasCode(error, 'forge_permission_missing')) return null;
    throw error;
  }
}
