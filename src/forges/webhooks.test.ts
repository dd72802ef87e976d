import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/suites/git-fixtures.ts';
import { quietLog } from '../../test/suites/quiet-log.ts';
import type { Secret } from '../domain/secrets.ts';
import type { ForgeKind, KnownHost } from './known-hosts.ts';
import { createKnownHosts } from './known-hosts.ts';
import { createWebhookSecrets } from './webhook-secrets.ts';
import { createWebhooks } from './webhooks.ts';

const SECRET = 'a-secret-of-webhooks';
const SIGNING_KEY = Buffer.from('thirty-two-bytes-of-a-signing-key').toString('base64');
const environment = {
  GITHUB_WEBHOOK_SECRET: SECRET,
  OTHER_SECRET: 'the-secret-of-another-host',
  TWO_SECRETS: `${SECRET}\nthe-one-before-it`,
  SIGNING_TOKEN: `whsec_${SIGNING_KEY}`,
  SHORT_SECRET: 'short',
};

const known = (host: string, kind: ForgeKind, variable: string | null, file: string | null = null): KnownHost => ({
  host,
  kind,
  apiUrl: null,
  tokenEnvironment: [],
  tokenFile: null,
  app: null,
  appFromEnvironment: false,
  draftPullRequests: false,
  webhookSecretEnvironment: variable === null ? [] : [variable],
  webhookSecretFile: file,
});

function webhooksOf(...hosts: readonly KnownHost[]) {
  const told: Secret[] = [];
  const find = ({ repositoryUrl }: { readonly repositoryUrl: string }) =>
    hosts.find(({ host }) => URL.parse(repositoryUrl)?.host === host) ?? null;
  const all = { all: hosts, find };
  const secrets = createWebhookSecrets({ hosts: all, environment, onSecret: (secret) => void told.push(secret) });
  return { webhooks: createWebhooks({ hosts: all, secrets, log: quietLog }), told };
}

const hex = (secret: string, body: string) => createHmac('sha256', secret).update(body).digest('hex');
const bytes = (text: string) => new TextEncoder().encode(text);

const GITHUB = JSON.stringify({
  action: 'labeled',
  label: { name: 'work-order' },
  issue: { number: 7, title: 'Größe — 大きさ', body: null, html_url: 'https://github.com/ada/engine/issues/7' },
  repository: { clone_url: 'https://github.com/ada/engine.git' },
  sender: { login: 'ada', type: 'User' },
});
const GITLAB = JSON.stringify({
  object_kind: 'issue',
  user: { username: 'ada' },
  project: { git_http_url: 'https://gitlab.example/team/engine.git' },
  object_attributes: {
    iid: 7,
    title: 'Größe',
    description: 'Zu klein.',
    url: 'https://gitlab.example/7',
    action: 'update',
  },
  labels: [{ title: 'bug' }, { title: 'work-order' }],
  changes: { labels: { previous: [{ title: 'bug' }], current: [{ title: 'bug' }, { title: 'work-order' }] } },
});
const GITEA = JSON.stringify({
  action: 'label_updated',
  number: 7,
  issue: {
    number: 7,
    title: 'Größe',
    body: 'Zu klein.',
    html_url: 'https://gitea.example/7',
    labels: [{ name: 'work-order' }],
  },
  repository: { clone_url: 'https://gitea.example/ada/engine.git' },
  sender: { login: 'ada' },
});

const FORGES = [
  {
    forge: 'github',
    host: known('github.com', 'github', 'GITHUB_WEBHOOK_SECRET'),
    body: GITHUB,
    headers: { 'x-github-event': 'issues', 'x-github-delivery': 'one' },
    sign: (secret: string, body: string) => ({ 'x-hub-signature-256': `sha256=${hex(secret, body)}` }),
    added: ['work-order'],
  },
  {
    forge: 'gitlab',
    host: known('gitlab.example', 'gitlab', 'SIGNING_TOKEN'),
    body: GITLAB,
    headers: { 'x-gitlab-event': 'Issue Hook', 'webhook-id': 'one', 'webhook-timestamp': '1764036000' },
    sign: (secret: string, body: string) => {
      const key = Buffer.from(secret === SECRET ? SIGNING_KEY : secret, 'base64');
      const signature = createHmac('sha256', key).update(`one.1764036000.${body}`).digest('base64');
      return { 'webhook-signature': `v1,${signature}` };
    },
    added: ['work-order'],
  },
  {
    forge: 'gitea',
    host: known('gitea.example', 'gitea', 'GITHUB_WEBHOOK_SECRET'),
    body: GITEA,
    headers: { 'x-gitea-event': 'issues', 'x-gitea-delivery': 'one' },
    sign: (secret: string, body: string) => ({ 'x-gitea-signature': hex(secret, body) }),
    added: null,
  },
] as const;

describe.each(FORGES)('a webhook of $forge', ({ forge, host, body, headers, sign, added }) => {
  const { webhooks } = webhooksOf(host);
  const receive = (signed: Readonly<Record<string, string>>, sent = body) =>
    webhooks.receive({ forge, headers: { ...headers, ...signed }, body: bytes(sent) });

  test('that is signed is read', async () => {
    expect(await receive(sign(SECRET, body))).toMatchObject({
      kind: 'news',
      forge,
      deliveryId: `${host.host}:one`,
      bodyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      news: {
        issue_number: '7',
        user: 'ada',
        title: expect.stringContaining('Größe'),
        happened: { kind: 'labels', added },
      },
    });
  });

  test.each([
    ['without a signature', {}, body],
    ['signed with another secret', sign('b3RoZXItc2VjcmV0', body), body],
    ['signed for another body', sign(SECRET, `${body} `), body],
    ['with one changed byte', sign(SECRET, body), body.replace('Größe', 'Grösse')],
    ['with an empty body', sign(SECRET, body), ''],
    [
      'with a signature cut short',
      Object.fromEntries(Object.entries(sign(SECRET, body)).map(([name, value]) => [name, value.slice(0, -1)])),
      body,
    ],
  ])('%s is refused without a hint', async (_how, signed, sent) => {
    await expect(receive(signed, sent)).rejects.toMatchObject({
      code: 'webhook_signature_wrong',
      message: 'The request is not signed as it should be.',
    });
  });

  test('that is not JSON is told so only when it is signed', async () => {
    await expect(receive(sign(SECRET, 'payload=%7B%7D'), 'payload=%7B%7D')).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });

  test('of another kind asks for nothing', async () => {
    const others = Object.fromEntries(
      Object.keys(headers)
        .filter((name) => name.endsWith('-event'))
        .map((name) => [name, 'push']),
    );
    expect(await receive({ ...sign(SECRET, body), ...others })).toMatchObject({ kind: 'ignored' });
  });
});

describe('the secret', () => {
  const [github] = FORGES;
  const receive = (hosts: readonly KnownHost[], secret = SECRET, body: string = github.body) =>
    webhooksOf(...hosts).webhooks.receive({
      forge: 'github',
      headers: { ...github.headers, ...github.sign(secret, body) },
      body: bytes(body),
    });

  test('of one host does not speak for repositories of another', async () => {
    const others = [known('git.example', 'github', 'OTHER_SECRET'), github.host];
    expect((await receive(others)).kind).toBe('news');
    await expect(receive(others, environment.OTHER_SECRET)).rejects.toMatchObject({ code: 'webhook_signature_wrong' });
  });

  test('may be two while it is changed, and no more', async () => {
    const host = known('github.com', 'github', 'TWO_SECRETS');
    expect((await receive([host])).kind).toBe('news');
    expect((await receive([host], 'the-one-before-it')).kind).toBe('news');
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'secrets');
    await writeFile(file, `${SECRET} two-of-the-three three-of-the-three`);
    const inFile = known('github.com', 'github', null, file);
    await expect(receive([inFile])).rejects.toMatchObject({ code: 'webhook_not_configured' });
    await writeFile(file, `${SECRET}\n`);
    expect((await receive([inFile])).kind).toBe('news');
  });

  test.each([
    ['is not set', known('github.com', 'github', null)],
    ['is too short', known('github.com', 'github', 'SHORT_SECRET')],
    ['is in a file that is not there', known('github.com', 'github', null, '/nowhere/secret')],
    ['is set for a forge of another kind', known('github.com', 'gitea', 'GITHUB_WEBHOOK_SECRET')],
  ])('that %s lets nothing in', async (_how, host) => {
    await expect(receive([host], 'short')).rejects.toMatchObject({
      code: 'webhook_not_configured',
      message: 'No secret is set for webhooks of the kind github.',
    });
  });

  test('is told before anything has come', () => {
    const { told } = webhooksOf(known('github.com', 'github', 'TWO_SECRETS'));
    expect(told.map(({ name, value }) => [name, value])).toEqual([
      ['TWO_SECRETS', SECRET],
      ['TWO_SECRETS', 'the-one-before-it'],
    ]);
  });
});

test('a forge that sends no webhooks has no door', async () => {
  const { webhooks } = webhooksOf(known('git.example', 'plain-git', 'OTHER_SECRET'));
  await expect(webhooks.receive({ forge: 'plain-git', headers: {}, body: bytes('{}') })).rejects.toMatchObject({
    code: 'route_not_found',
  });
});

test('the secret token of GitLab is compared as it is', async () => {
  const { webhooks } = webhooksOf(known('gitlab.example', 'gitlab', 'OTHER_SECRET'));
  const receive = (token: string) =>
    webhooks.receive({
      forge: 'gitlab',
      headers: { 'x-gitlab-event': 'Issue Hook', 'x-gitlab-token': token },
      body: bytes(GITLAB),
    });
  expect(await receive(environment.OTHER_SECRET)).toMatchObject({ kind: 'news' });
  for (const wrong of ['', SECRET, `${environment.OTHER_SECRET} `]) {
    await expect(receive(wrong)).rejects.toMatchObject({ code: 'webhook_signature_wrong' });
  }
});

test('public hosts are known with a secret without any setting', () => {
  const { all } = createKnownHosts([{ host: 'git.example', kind: 'github', webhookSecretFile: '/run/secret' }]);
  expect(all.map((host) => [host.host, host.webhookSecretEnvironment, host.webhookSecretFile])).toEqual([
    ['git.example', [], '/run/secret'],
    ['github.com', ['GITHUB_WEBHOOK_SECRET'], null],
    ['gitlab.com', ['GITLAB_WEBHOOK_SECRET'], null],
    ['gitea.com', ['GITEA_WEBHOOK_SECRET'], null],
    ['codeberg.org', ['CODEBERG_WEBHOOK_SECRET'], null],
  ]);
});
