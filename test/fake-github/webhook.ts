import { createHmac, randomUUID } from 'node:crypto';
import { DESCRIPTION } from './description.ts';
import { filled } from './fill.ts';
import type { AddedRepository, FakeGithub } from './server.ts';

/** What somebody does on an issue. */
export interface Happening {
  readonly by: string;
  readonly issue: number;
  /** The label that is put on, or the comment that is made. */
  readonly label?: string;
  readonly comment?: string;
  readonly isBot?: boolean;
}

/** A webhook as GitHub sends it: sent once more it is the same, byte for byte. */
export interface Delivery {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The webhook for what has happened, signed; it fits GitHub's description, or the fake has a violation more. */
export function webhookOf(
  github: FakeGithub,
  { repository }: Pick<AddedRepository, 'repository'>,
  { by, issue: number, label, comment, isBot = false }: Happening,
  secret: string,
): Delivery {
  const name = comment === undefined ? 'webhook-issues-labeled' : 'webhook-issue-comment-created';
  const empty = filled(name, {});
  const page = `http://${github.host}/${repository.owner}/${repository.name}`;
  const issue = repository.issues.get(number);
  const content = {
    ...empty,
    issue: {
      ...part(empty, 'issue'),
      number,
      title: issue?.title ?? 'A wish',
      body: issue?.body ?? null,
      html_url: `${page}/issues/${number}`,
      user: { ...part(empty, 'sender'), gravatar_id: '', type: 'User' },
      ...(repository.pulls.some((pull) => pull.number === number)
        ? { pull_request: { url: page, html_url: page, diff_url: page, patch_url: page } }
        : {}),
    },
    repository: { ...part(empty, 'repository'), name: repository.name, clone_url: `${page}.git` },
    sender: { ...part(empty, 'sender'), login: by, type: isBot ? 'Bot' : 'User' },
    ...(comment === undefined
      ? { label: filled('webhooks_label', { name: label ?? '' }) }
      : {
          comment: {
            ...part(empty, 'comment'),
            // No two comments are the same.
            id: Math.trunc(Math.random() * 1e9),
            body: comment,
            html_url: `${page}/issues/${number}#issuecomment-1`,
          },
        }),
  };
  github.violations.push(...DESCRIPTION.valueFaults(name, content));
  const body = JSON.stringify(content);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/fake',
      'x-github-delivery': randomUUID(),
      'x-github-event': comment === undefined ? 'issues' : 'issue_comment',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
  };
}

function part(whole: Readonly<Record<string, unknown>>, name: string): object {
  const value = whole[name];
  return typeof value === 'object' && value !== null ? value : {};
}

/** Sends it to a service, as often as it is called. */
export async function deliver(url: string, { headers, body }: Delivery) {
  const response = await fetch(new URL('/webhooks/github', url), { method: 'POST', headers, body });
  const answer = (await response.json()) as {
    readonly agent_work_order_id?: string | null;
    readonly message?: string;
    readonly code?: string;
  };
  return { status: response.status, ...answer };
}
