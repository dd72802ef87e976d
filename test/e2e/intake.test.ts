import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startServiceProcess } from '../crash/killed-service.ts';
import type { AddedRepository, FakeGithub } from '../fake-github/server.ts';
import { startFakeGithub } from '../fake-github/server.ts';
import type { Delivery } from '../fake-github/webhook.ts';
import { deliver, webhookOf } from '../fake-github/webhook.ts';
import { apiOf } from '../suites/api.ts';
import { filesWith } from '../suites/canary.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

// In two parts, so that no process shows them by the text of this test.
const TOKEN = ['canary', 'of-intake'].join('-');
const SECRET = ['canary', 'of-webhooks'].join('-');
const VARIABLES = { TOKEN_OF_FAKE: TOKEN, HOOK_OF_FAKE: SECRET };

let place: WorkPlace;
let github: FakeGithub;
let engine: AddedRepository;
let sent: Delivery;

beforeEach(async () => {
  place = makeWorkPlace({ gated: false });
  github = await startFakeGithub({ directory: join(place.directory, 'github') });
  github.addToken(TOKEN);
  engine = await github.addRepository('engine', { isPrivate: true });
  Object.assign(process.env, VARIABLES);
  const issue = engine.addIssue({ title: 'The list is short', body: 'It needs a line.' });
  sent = webhookOf(github, engine, { by: 'ada', issue, label: 'work-order' }, SECRET);
});
afterEach(async () => {
  for (const name of Object.keys(VARIABLES)) Reflect.deleteProperty(process.env, name);
  await github[Symbol.asyncDispose]();
  place[Symbol.dispose]();
  expect(github.violations).toEqual([]);
});

const configuration = () =>
  place.configuration({
    forges: [
      {
        host: github.host,
        kind: 'github',
        apiUrl: github.apiUrl,
        tokenEnvironment: 'TOKEN_OF_FAKE',
        webhookSecretEnvironment: 'HOOK_OF_FAKE',
      },
    ],
  });
const comments = () => engine.repository.issues.get(1)?.comments.map(({ body }) => body) ?? [];

function eventually<Value>(look: () => Value) {
  return expect.poll(look, { timeout: 60_000 });
}

/** The one work order that the service has made; nothing is sent to it that would remind it. */
async function madeBy(url: string): Promise<string> {
  const ids = async () => {
    const all = (await (await apiOf(url).get('/agent-work-orders')).json()) as readonly object[];
    return all.map((each) => String(Reflect.get(each, 'agent_work_order_id')));
  };
  await eventually(ids).toHaveLength(1);
  return (await ids())[0] ?? '';
}

/** One work order, one pull request that closes the issue, and one comment in its final form. */
async function expectDone(url: string): Promise<void> {
  const id = await madeBy(url);
  await eventually(comments).toEqual([expect.stringContaining(`**Work order \`${id}\`** is done.`)]);
  const [comment = ''] = comments();
  expect(comment).toContain(`Pull request: http://${github.host}/ada/engine/pull/2\n`);
  expect(comment.match(/✓ done/g)).toHaveLength(7);
  expect(engine.repository.pulls).toMatchObject([{ title: 'Keep a list', state: 'open' }]);
  expect(engine.repository.pulls[0]?.body).toContain('\n\nCloses #1\n\n');
  expect(await apiOf(url).workOrder(id)).toMatchObject({
    status: 'completed',
    github_issue_number: '1',
    requested_by: { forge: 'github', user: 'ada', url: `http://${github.host}/ada/engine/issues/1` },
  });
  // Sent again, it is the same one.
  expect(await deliver(url, sent)).toMatchObject({ status: 202, agent_work_order_id: id });
  expect(await madeBy(url)).toBe(id);
  expect(comments()).toHaveLength(1);
}

test('a label ends with one pull request that closes the issue, and one comment that tells it; the secret is nowhere', async () => {
  {
    await using service = await startServiceProcess(configuration());
    expect(await deliver(service.url, sent)).toMatchObject({ status: 202 });
    await expectDone(service.url);
  }
  for (const secret of [TOKEN, SECRET]) expect(filesWith(secret, place.dataDirectory)).toEqual([]);
});

test('a secret that was written into the issue is neither kept nor told', async () => {
  await using service = await startServiceProcess(configuration());
  sent = webhookOf(github, engine, { by: 'ada', issue: 1, comment: `/work-order use ${SECRET} for it` }, SECRET);
  await deliver(service.url, sent);
  const id = await madeBy(service.url);
  expect(await apiOf(service.url).workOrder(id)).toMatchObject({ user_request: 'use [redacted HOOK_OF_FAKE] for it' });
  await apiOf(service.url).untilEnd(id);
  expect(filesWith(SECRET, place.dataDirectory)).toEqual([]);
});

describe('a service that is killed', () => {
  test.each([
    ['when the delivery is kept and not yet answered', 'after_delivery_kept'],
    ['when the work order is made and that is not yet kept', 'after_delivery_accepted'],
    ['when the comment is made and that is not yet kept', 'after_comment_kept'],
    ['in the middle of the work', 'after_attempt_finished:plan'],
  ])('%s goes on to the same one of everything', async (_when, point) => {
    {
      await using first = await startServiceProcess(configuration(), point);
      const answered = deliver(first.url, sent).catch(() => null);
      await first.held;
      await first.kill();
      await answered;
      expect(engine.repository.pulls).toEqual([]);
    }
    await using second = await startServiceProcess(configuration());
    await expectDone(second.url);
  });
});
