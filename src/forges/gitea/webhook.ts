import { z } from 'zod';
import type { WebhookReader } from '../webhook-reader.ts';
import { ignored, isSame, parsedEvent, signatureOf } from '../webhook-reader.ts';

const shared = {
  action: z.string(),
  issue: z.object({
    number: z.number(),
    title: z.string(),
    body: z.string().nullish(),
    html_url: z.string(),
    labels: z.array(z.object({ name: z.string() })).nullish(),
    pull_request: z.object({}).nullish(),
  }),
  repository: z.object({ clone_url: z.string() }),
  sender: z.object({ login: z.string() }),
};
const issueSchema = z.object(shared);
const commentSchema = z.object({
  ...shared,
  comment: z.object({ body: z.string().nullish(), html_url: z.string() }),
  is_pull: z.boolean().nullish(),
});

/** Events after which the label may be on; which label has changed is in none of them. */
const LABEL_ACTIONS: ReadonlySet<string> = new Set(['opened', 'label_updated', 'label_cleared']);
const NAMES = ['gitea', 'forgejo'] as const;

/** The webhooks of Gitea and of Forgejo, which sends the same under both names: https://docs.gitea.com/usage/webhooks. */
export const giteaWebhook: WebhookReader = {
  isSigned({ headers, body }, secret) {
    const right = signatureOf(secret, body).toString('hex');
    return NAMES.some((name) => isSame(headers[`x-${name}-signature`] ?? '', right));
  },
  deliveryId: ({ headers }) => headers['x-gitea-delivery'] ?? headers['x-forgejo-delivery'] ?? null,
  read({ headers }, content) {
    const event = headers['x-gitea-event'] ?? headers['x-forgejo-event'] ?? '';
    if (event === 'issues') {
      const issue = parsedEvent(issueSchema, content);
      if (!LABEL_ACTIONS.has(issue.action)) return ignored(`An issue that is ${issue.action} asks for nothing.`);
      const present = (issue.issue.labels ?? []).map(({ name }) => name);
      return { kind: 'news', news: { ...newsOf(issue), happened: { kind: 'labels', added: null, present } } };
    }
    if (event === 'issue_comment') {
      const commented = parsedEvent(commentSchema, content);
      if (commented.action !== 'created') return ignored('Only a new comment asks for something.');
      const news = newsOf(commented);
      return {
        kind: 'news',
        news: {
          ...news,
          is_pull_request: news.is_pull_request || commented.is_pull === true,
          url: commented.comment.html_url,
          happened: { kind: 'comment', text: commented.comment.body ?? '' },
        },
      };
    }
    return ignored(`Events of the kind "${event}" ask for nothing.`);
  },
};

function newsOf({ issue, repository, sender }: z.infer<typeof issueSchema>) {
  return {
    repository_url: repository.clone_url,
    issue_number: String(issue.number),
    is_pull_request: Boolean(issue.pull_request),
    user: sender.login,
    is_bot: false,
    title: issue.title,
    body: issue.body ?? '',
    url: issue.html_url,
  };
}
