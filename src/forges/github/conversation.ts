import { z } from 'zod';
import type { Issue } from '../../ports/forge.ts';
import type { Asked, GithubClient } from './client.ts';
import { commentSchema, issueSchema } from './schema.ts';

type Comment = z.infer<typeof commentSchema>;

const PAGE = 100;

/** An issue with its latest comments, at most a hundred, the oldest first. */
export async function readIssue(client: GithubClient, asked: Asked & { readonly number: string }): Promise<Issue> {
  const issue_number = asked.number;
  const issue = await client.call(asked, {
    what: `read issue ${asked.number}`,
    route: 'GET /repos/{owner}/{repo}/issues/{issue_number}',
    parameters: { issue_number },
    schema: issueSchema,
  });
  const comments = await latestComments(client, asked, issue.comments);
  return {
    number: asked.number,
    title: issue.title,
    body: issue.body ?? '',
    isPullRequest: Boolean(issue.pull_request),
    comments: comments.map(({ user, body }) => ({ author: user?.login ?? 'somebody', body: body ?? '' })),
  };
}

/** Comments on an issue or a pull request; the same words again, after an answer that was lost, are not written twice. */
export async function writeComment(
  client: GithubClient,
  asked: Asked & { readonly number: string; readonly body: string },
): Promise<string> {
  const comment = await client.writeOnce<Comment>(asked, {
    write: () =>
      client.call(asked, {
        what: `comment on ${asked.number}`,
        route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
        parameters: { issue_number: asked.number, body: asked.body },
        schema: commentSchema,
      }),
    look: async () => {
      const { comments: count } = await client.call(asked, {
        what: `read issue ${asked.number}`,
        route: 'GET /repos/{owner}/{repo}/issues/{issue_number}',
        parameters: { issue_number: asked.number },
        schema: issueSchema,
      });
      const comments = await latestComments(client, asked, count);
      return comments.findLast(({ body }) => body === asked.body) ?? null;
    },
  });
  return comment.html_url;
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
