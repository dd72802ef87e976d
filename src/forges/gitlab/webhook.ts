import { z } from 'zod';
import type { WebhookReader, WebhookRequest } from '../webhook-reader.ts';
import { ignored, isSame, parsedEvent, signatureOf } from '../webhook-reader.ts';

const shared = {
  user: z.object({ username: z.string() }),
  project: z.object({ git_http_url: z.string() }),
};
const labelsSchema = z.array(z.object({ title: z.string() })).nullish();
const issueEventSchema = z.object({
  ...shared,
  object_attributes: z.object({
    iid: z.number(),
    title: z.string(),
    description: z.string().nullish(),
    url: z.string(),
    action: z.string().nullish(),
  }),
  labels: labelsSchema,
  changes: z.object({ labels: z.object({ previous: labelsSchema, current: labelsSchema }).nullish() }).nullish(),
});
const noteEventSchema = z.object({
  ...shared,
  object_attributes: z.object({
    note: z.string(),
    noteable_type: z.string(),
    url: z.string(),
    system: z.boolean().nullish(),
    action: z.string().nullish(),
  }),
  issue: z.object({ iid: z.number(), title: z.string(), description: z.string().nullish() }).nullish(),
});

/** A signing token, as Standard Webhooks have it; any other secret is the secret token. */
const SIGNING_TOKEN = /^whsec_(.+)$/;
/** Tokens of a project or of a group act as users of such names. */
const BOT = /^(?:project|group)_\d+_bot/;

/** GitLab's webhooks: https://docs.gitlab.com/user/project/integrations/webhooks/. */
export const gitlabWebhook: WebhookReader = {
  isSigned(request, secret) {
    const [, key] = SIGNING_TOKEN.exec(secret) ?? [];
    return key === undefined ? isSame(request.headers['x-gitlab-token'] ?? '', secret) : hasSignature(request, key);
  },
  deliveryId: ({ headers }) =>
    headers['webhook-id'] ?? headers['idempotency-key'] ?? headers['x-gitlab-event-uuid'] ?? null,
  read({ headers }, content) {
    const event = headers['x-gitlab-event'] ?? '';
    switch (event) {
      case 'Issue Hook':
        return issueNews(parsedEvent(issueEventSchema, content));
      case 'Note Hook':
        return noteNews(parsedEvent(noteEventSchema, content));
      case 'Confidential Issue Hook':
      case 'Confidential Note Hook':
        return ignored('A confidential issue would become known by the merge request.');
      default:
        return ignored(`Events of the kind "${event}" ask for nothing.`);
    }
  },
};

function hasSignature({ headers, body }: WebhookRequest, key: string): boolean {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '', 'webhook-signature': signatures = '' } = headers;
  const right = signatureOf(Buffer.from(key, 'base64'), `${id}.${timestamp}.`, body).toString('base64');
  return signatures.split(' ').some((signature) => isSame(signature, `v1,${right}`));
}

function issueNews(event: z.infer<typeof issueEventSchema>) {
  const { object_attributes: issue, user, project, labels, changes } = event;
  const present = titles(labels);
  const before = new Set(titles(changes?.labels?.previous));
  // An issue that is opened with labels tells no change of them.
  const added =
    issue.action === 'open' ? present : titles(changes?.labels?.current).filter((title) => !before.has(title));
  if (added.length === 0) return ignored('No label was put on the issue.');
  const { iid, title, description, url } = issue;
  const news = newsOf({ user, project, issue: { iid, title, description }, url });
  return { kind: 'news', news: { ...news, happened: { kind: 'labels', added, present } } } as const;
}

function noteNews({ object_attributes: note, issue, user, project }: z.infer<typeof noteEventSchema>) {
  if (note.noteable_type !== 'Issue' || !issue) return ignored('Only comments on issues can ask for work orders.');
  if (note.system || (note.action ?? 'create') !== 'create') return ignored('Only a new comment asks for something.');
  const news = newsOf({ user, project, issue, url: note.url });
  return { kind: 'news', news: { ...news, happened: { kind: 'comment', text: note.note } } } as const;
}

function newsOf({
  user,
  project,
  issue,
  url,
}: z.infer<z.ZodObject<typeof shared>> & {
  readonly issue: NonNullable<z.infer<typeof noteEventSchema>['issue']>;
  readonly url: string;
}) {
  return {
    repository_url: project.git_http_url,
    issue_number: String(issue.iid),
    is_pull_request: false,
    user: user.username,
    is_bot: BOT.test(user.username),
    title: issue.title,
    body: issue.description ?? '',
    url,
  };
}

function titles(labels: z.infer<typeof labelsSchema>): readonly string[] {
  return (labels ?? []).map(({ title }) => title);
}
