import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startServiceProcess } from '../crash/killed-service.ts';
import type { AddedRepository, FakeForge } from '../fake-forge/server.ts';
import { startFakeGitea } from '../fake-gitea/server.ts';
import { startFakeGitlab } from '../fake-gitlab/server.ts';
import { apiOf } from '../suites/api.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

const SECRET = 'a-secret-of-webhooks';
const VARIABLES = { TOKEN_OF_FAKE: 'token-of-intake', HOOK_OF_FAKE: SECRET };
const ISSUE = { title: 'The list is short', body: 'It needs a line.' };

/** The label is put on issue 1 by ada: the body, and the headers that prove it. */
function labelledOnGitlab(page: string) {
  const label = { title: 'work-order' };
  const body = JSON.stringify({
    object_kind: 'issue',
    user: { username: 'ada' },
    project: { git_http_url: `${page}.git` },
    object_attributes: {
      iid: 1,
      title: ISSUE.title,
      description: ISSUE.body,
      url: `${page}/-/issues/1`,
      action: 'update',
    },
    labels: [label],
    changes: { labels: { previous: [], current: [label] } },
  });
  return { body, headers: { 'x-gitlab-event': 'Issue Hook', 'x-gitlab-token': SECRET, 'idempotency-key': 'one' } };
}

function labelledOnGitea(page: string) {
  const body = JSON.stringify({
    action: 'label_updated',
    number: 1,
    issue: { number: 1, ...ISSUE, html_url: `${page}/issues/1`, labels: [{ name: 'work-order' }] },
    repository: { clone_url: `${page}.git` },
    sender: { login: 'ada' },
  });
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  return {
    body,
    headers: { 'x-gitea-event': 'issues', 'x-gitea-delivery': 'one', 'x-gitea-signature': signature },
  };
}

describe.each([
  {
    kind: 'gitlab' as const,
    start: startFakeGitlab,
    fullName: 'group/sub/engine',
    pullPage: '/-/merge_requests/1',
    labelled: labelledOnGitlab,
  },
  {
    kind: 'gitea' as const,
    start: startFakeGitea,
    fullName: 'ada/engine',
    pullPage: '/pulls/2',
    labelled: labelledOnGitea,
  },
])('$kind', ({ kind, start, fullName, pullPage, labelled }) => {
  let place: WorkPlace;
  let fake: FakeForge;
  let engine: AddedRepository;

  beforeEach(async () => {
    place = makeWorkPlace({ gated: false });
    fake = await start({ directory: join(place.directory, 'forge') });
    fake.addToken(VARIABLES.TOKEN_OF_FAKE);
    engine = await fake.addRepository(fullName, { isPrivate: true });
    engine.addIssue(ISSUE);
    Object.assign(process.env, VARIABLES);
  });
  afterEach(async () => {
    for (const name of Object.keys(VARIABLES)) Reflect.deleteProperty(process.env, name);
    await fake[Symbol.asyncDispose]();
    place[Symbol.dispose]();
    expect(fake.violations).toEqual([]);
  });

  test('a label ends with one pull request that closes the issue, and one comment that tells it', async () => {
    const { host, apiUrl } = fake;
    const sources = { tokenEnvironment: 'TOKEN_OF_FAKE', webhookSecretEnvironment: 'HOOK_OF_FAKE' };
    const configuration = place.configuration({ forges: [{ host, kind, apiUrl, ...sources }] });
    await using service = await startServiceProcess(configuration);
    const page = `http://${host}/${fullName}`;
    const { body, headers } = labelled(page);
    const deliver = async (sent = body) => {
      const url = new URL(`/webhooks/${kind}`, service.url);
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: sent,
      });
      return [response.status, String(Reflect.get((await response.json()) as object, 'agent_work_order_id'))] as const;
    };
    expect(await deliver()).toEqual([202, 'null']);

    const comments = () => engine.repository.issues.get(1)?.comments.map((comment) => comment.body) ?? [];
    await expect.poll(comments, { timeout: 60_000 }).toEqual([expect.stringContaining('** is done.')]);
    expect(comments()[0]).toContain(`Pull request: ${page}${pullPage}\n`);
    expect(engine.repository.pulls).toHaveLength(1);
    expect(engine.repository.pulls[0]?.body).toContain('\n\nCloses #1\n\n');

    const [status, id] = await deliver();
    expect(status).toBe(202);
    expect(await apiOf(service.url).workOrder(id)).toMatchObject({
      outcome: 'pull_request_opened',
      requested_by: { forge: kind, user: 'ada' },
    });
    expect(await deliver(`${body} `)).toEqual([kind === 'gitlab' ? 202 : 401, expect.any(String)]);
  });
});
