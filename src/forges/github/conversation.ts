import { z } from 'zod';
import type { Issue } from '../../ports/forge.ts';
import type { Asked, GithubClient } from './client.ts';
import type { Comment } from './schema.ts';
import { commentSchema, issueSchema } from './schema.ts';

const PAGE = 100;

/** An issue with its latest comments, at most a hundred, the oldest first. */
export async function readIssue(client: GithubClient, asked: Asked & { readonly number: string }): Promise<Issue> {
  const issue = await readNumbered(client, asked);
  const comments = await latestComments(client, asked, issue.comments);
  return {
    number: asked.number,
    title: issue.title,
    body: issue.body ?? '',
    isPullRequest: Boolean(issue.pull_request),
    comments: comments.map(({ user, body }) => ({ author: user?.login ?? 'somebody', body: body ?? '' })),
  };
}

/** The latest comments on an issue or a pull request, at most a hundred, the oldest first. */
export async function readComments(
  client: GithubClient,
  asked: Asked & { readonly number: string },
): Promise<readonly Comment[]> {
  const { comments } = await readNumbered(client, asked);
  return latestComments(client, asked, comments);
}

function readNumbered(client: GithubClient, asked: Asked & { readonly number: string }) {
  return client.call(asked, {
    what: `read issue ${asked.number}`,
    route: 'GET /repos/{owner}/{repo}/issues/{issue_number}',
    parameters: { issue_number: asked.number },
    schema: issueSchema,
  });
}

async function latestComments(
  client: GithubClient,
  asked: Asked & { readonly number: string },
  count: number,
): Promise<readonly Comment[]> {
  const last = Math.ceil(count / PAGE);
  const comments: Comment[] = [];
  for (const page of [last - 1, last]) {
    if (page < 1) continue;
    const parameters = { issue_number: asked.number, per_page: PAGE, page };
    const found = await client.call(asked, {
      what: `read the comments on ${asked.number}`,
      route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
      parameters,
      schema: z.array(commentSchema),
    });
    comments.push(...found);
  }
  return comments.slice(-PAGE);
}
