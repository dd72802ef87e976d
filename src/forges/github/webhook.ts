import { z } from 'zod';
import type { WebhookReader } from '../webhook-reader.ts';
import { ignored, isSame, parsedEvent, signatureOf } from '../webhook-reader.ts';

const shared = {
  issue: z.object({
    number: z.number(),
    title: z.string(),
    body: z.string().nullish(),
    html_url: z.string(),
    pull_request: z.object({}).nullish(),
  }),
  repository: z.object({ clone_url: z.string() }),
  sender: z.object({ login: z.string(), type: z.string().optional() }),
};
const actionSchema = z.object({ action: z.string() });
const labelledSchema = z.object({ ...shared, label: z.object({ name: z.string() }) });
const commentedSchema = z.object({
  ...shared,
  comment: z.object({ body: z.string().nullish(), html_url: z.string() }),
});

/** GitHub's webhooks: https://docs.github.com/en/webhooks. An issue that is opened with labels sends one for each. */
export const githubWebhook: WebhookReader = {
  isSigned: ({ headers, body }, secret) =>
    isSame(headers['x-hub-signature-256'] ?? '', `sha256=${signatureOf(secret, body).toString('hex')}`),
  deliveryId: ({ headers }) => headers['x-github-delivery'] ?? null,
  read({ headers }, content) {
    const event = headers['x-github-event'] ?? '';
    if (event === 'ping') return { kind: 'ping' };
    if (event !== 'issues' && event !== 'issue_comment')
      return ignored(`Events of the kind "${event}" ask for nothing.`);
    const { action } = parsedEvent(actionSchema, content);
    if (event === 'issues' && action === 'labeled') {
      const labelled = parsedEvent(labelledSchema, content);
      const happened = { kind: 'labels', added: [labelled.label.name], present: [] } as const;
      return { kind: 'news', news: { ...newsOf(labelled), happened } };
    }
    if (event === 'issue_comment' && action === 'created') {
      const commented = parsedEvent(commentedSchema, content);
      const happened = { kind: 'comment', text: commented.comment.body ?? '' } as const;
      return { kind: 'news', news: { ...newsOf(commented), url: commented.comment.html_url, happened } };
    }
    return ignored(`An issue that is ${action} asks for nothing.`);
  },
};

function newsOf({ issue, repository, sender }: z.infer<z.ZodObject<typeof shared>>) {
  return {
    repository_url: repository.clone_url,
    issue_number: String(issue.number),
    is_pull_request: Boolean(issue.pull_request),
    user: sender.login,
    is_bot: sender.type === 'Bot',
    title: issue.title,
    body: issue.body ?? '',
    url: issue.html_url,
  };
}
