import { z } from 'zod';
import { hasCode } from '../../domain/errors.ts';
import type { Issue } from '../../ports/forge.ts';
import type { KeptComment } from '../kept-comment.ts';
import { keepOneComment } from '../kept-comment.ts';
import type { Asked, RestClient } from '../rest-client.ts';
import { repositoryPath } from './client.ts';
import type { Comment } from './schema.ts';
import { commentSchema, issueSchema, userSchema } from './schema.ts';

interface Numbered extends Asked {
  readonly number: string;
}

interface Kept extends Numbered {
  readonly marker: string;
  readonly body: string;
}

const MAX_COMMENTS = 100;

/** An issue with its latest comments, at most a hundred, the oldest first. */
export async function readIssue(client: RestClient, asked: Numbered): Promise<Issue> {
  const issue = await client.call(asked, {
    what: `read issue ${asked.number}`,
    path: pathOf(asked),
    schema: issueSchema,
  });
  const comments = await readComments(client, asked);
  return {
    number: asked.number,
    title: issue.title,
    body: issue.body ?? '',
    isPullRequest: Boolean(issue.pull_request),
    comments: comments
      .slice(-MAX_COMMENTS)
      .map(({ user, body }) => ({ author: user?.login ?? 'somebody', body: body ?? '' })),
  };
}

/** Makes or changes the one comment of the service's own that holds the marker; one that was deleted is made anew. */
export async function keepComment(
  client: RestClient,
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

async function make(client: RestClient, asked: Kept): Promise<KeptComment> {
  const comment = await client.call(asked, {
    what: `comment on ${asked.number}`,
    method: 'POST',
    path: `${pathOf(asked)}/comments`,
    body: { body: asked.body },
    schema: commentSchema,
  });
  return keptFrom(comment);
}

/** Null when there is no such comment, as after a person has deleted it. */
async function change(client: RestClient, asked: Kept, commentId: string): Promise<KeptComment | null> {
  try {
    const comment = await client.call(asked, {
      what: `change the comment on ${asked.number}`,
      method: 'PATCH',
      path: `${repositoryPath(asked.repositoryUrl)}/issues/comments/${encodeURIComponent(commentId)}`,
      body: { body: asked.body },
      schema: commentSchema,
    });
    return keptFrom(comment);
  } catch (error) {
    if (hasCode(error, 'repository_unreachable')) return null;
    throw error;
  }
}

/** Anybody may quote the marker, so that the author counts as well. */
async function findOwn(client: RestClient, asked: Kept): Promise<KeptComment | null> {
  const marked = (await readComments(client, asked)).filter(({ body }) => body?.includes(asked.marker));
  if (marked.length === 0) return null;
  const self = await client.call(asked, { what: 'ask whose the token is', path: '/user', schema: userSchema });
  const own = marked.find(({ user }) => user?.login === self.login);
  return own ? keptFrom(own) : null;
}

/** All of them, the oldest first: this list has no pages. */
function readComments(client: RestClient, asked: Numbered): Promise<readonly Comment[]> {
  return client.call(asked, {
    what: `read the comments on ${asked.number}`,
    path: `${pathOf(asked)}/comments`,
    schema: z.array(commentSchema),
  });
}

function keptFrom({ id, html_url, body }: Comment): KeptComment {
  return { id: String(id), url: html_url, body: body ?? '' };
}

function pathOf({ repositoryUrl, number }: Numbered): string {
  return `${repositoryPath(repositoryUrl)}/issues/${encodeURIComponent(number)}`;
}
