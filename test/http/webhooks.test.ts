import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WorkOrderError } from '../../src/domain/errors.ts';
import { Intake } from '../../src/engine/intake.ts';
import type { IntakeParts } from '../../src/engine/intake-parts.ts';
import { passRacePoint } from '../../src/engine/race-points.ts';
import { createKnownHosts } from '../../src/forges/known-hosts.ts';
import { createWebhookSecrets } from '../../src/forges/webhook-secrets.ts';
import { createWebhooks } from '../../src/forges/webhooks.ts';
import { createApp } from '../../src/http/app.ts';
import type { Happening } from '../fake-github/webhook.ts';
import { webhookOf } from '../fake-github/webhook.ts';
import type { GithubWorld } from '../fake-github/world.ts';
import { makeGithubWorld } from '../fake-github/world.ts';
import { temporaryFolder } from '../suites/git-fixtures.ts';
import { refusingStore } from '../suites/refusing-store.ts';
import { ATTEMPT_RESULT, startParts } from './support.ts';

const SECRET = 'a-secret-of-webhooks';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let world: GithubWorld;
let parts: Awaited<ReturnType<typeof startParts>>;
let intake: Intake | null = null;
let app: ReturnType<typeof createApp>;
let issue = 0;

beforeEach(async () => {
  folder = await temporaryFolder();
  world = await makeGithubWorld(join(folder.path, 'github'));
  world.github.addToken('token-of-eve', { login: 'eve', canPush: false });
  issue = world.engine.addIssue({ title: 'The list is short', body: 'It needs a line.' });
  parts = await startParts({ apiToken: 'token-of-the-api', allowedHosts: ['127.0.0.1'] });
  await useIntake({});
  parts.logged.length = 0;
});
afterEach(async () => {
  await intake?.stop();
  intake = null;
  await parts[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** The door with what is behind it, from the beginning. */
async function useIntake(changes: Partial<IntakeParts>): Promise<void> {
  await intake?.stop();
  const { dependencies, engine } = parts;
  const { host, apiUrl } = world.github;
  const hosts = createKnownHosts([{ host, kind: 'github', apiUrl, webhookSecretEnvironment: 'HOOK' }]);
  const secrets = createWebhookSecrets({ hosts, environment: { HOOK: SECRET }, onSecret: () => undefined });
  intake = new Intake({
    ...dependencies,
    forges: { forges: [world.forge], forRepository: () => world.forge },
    workOrders: engine,
    reach: passRacePoint,
    label: 'work-order',
    publicUrl: 'https://orders.example',
    reportPauseMs: 1,
    ...changes,
  });
  app = createApp({ ...dependencies, intake, webhooks: createWebhooks({ hosts, secrets, log: dependencies.log }) });
}

const delivery = (happening: Partial<Happening>, secret = SECRET) =>
  webhookOf(world.github, world.engine, { by: 'ada', issue, ...happening }, secret);
const labelled = () => delivery({ label: 'work-order' });
const comments = (number = issue) => world.engine.repository.issues.get(number)?.comments ?? [];
/** A machine that has much to do may take its time. */
function eventually<Value>(look: () => Value) {
  return expect.poll(look, { timeout: 20_000 });
}
const decided = (status: string) =>
  eventually(() =>
    parts.logged.filter(({ event, fields }) => event === 'delivery_decided' && fields['status'] === status),
  );

async function send({ headers, body }: ReturnType<typeof delivery>, path = '/webhooks/github') {
  const response = await app.request(path, { method: 'POST', headers: { host: 'orders.example', ...headers }, body });
  const answer = (await response.json()) as { agent_work_order_id?: string | null; message?: string; code?: string };
  return [response.status, answer.code ?? answer.message ?? '', answer.agent_work_order_id ?? null] as const;
}

/** The work order that a delivery has made, by sending it once more. */
async function madeBy(sent: ReturnType<typeof delivery>): Promise<`wo-${string}`> {
  await eventually(async () => (await send(sent))[2]).not.toBeNull();
  return (await send(sent))[2] as `wo-${string}`;
}

describe('the door', () => {
  test('takes a signed delivery by any name and without a token, and nothing else', async () => {
    expect(await send(labelled())).toEqual([202, expect.stringContaining('was taken in'), null]);
    expect(await send(delivery({ label: 'work-order' }, 'another-secret'))).toEqual([
      401,
      'webhook_signature_wrong',
      null,
    ]);
    expect(await send(labelled(), '/webhooks/nowhere')).toEqual([404, 'route_not_found', null]);
    expect(await send(labelled(), '/webhooks/gitlab')).toEqual([501, 'webhook_not_configured', null]);
    expect(await send(labelled(), '/agent-work-orders')).toEqual([403, 'host_refused', null]);
  });

  test('answers a ping, and says why it does nothing', async () => {
    const ping = labelled();
    expect(await send({ ...ping, headers: { ...ping.headers, 'x-github-event': 'ping' } })).toEqual([
      200,
      'Webhooks arrive.',
      null,
    ]);
    expect(await send(delivery({ label: 'bug' }))).toEqual([200, 'The label work-order was not put on.', null]);
    expect(await send(delivery({ comment: 'Thanks!' }))).toEqual([200, expect.stringContaining('/work-order'), null]);
    expect(await send(delivery({ comment: '/work-order x', isBot: true }))).toEqual([200, 'ada is a bot.', null]);
    expect(parts.engine.submissions).toEqual([]);
  });

  test('answers 503 when the delivery cannot be kept, and where nothing runs', async () => {
    await parts.store[Symbol.asyncDispose]();
    expect((await send(labelled())).slice(0, 2)).toEqual([503, 'store_unavailable']);
    app = createApp({ ...parts.dependencies, intake: null });
    expect((await send(labelled())).slice(0, 2)).toEqual([503, 'read_only']);
  });

  test('does not take a body of more than 1 MiB', async () => {
    const { headers, body } = labelled();
    expect((await send({ headers, body: body + ' '.repeat(1024 * 1024) })).slice(0, 2)).toEqual([
      413,
      'request_too_large',
    ]);
  });
});

describe('a delivery', () => {
  test('makes one work order however often it comes, under another number too', async () => {
    const sent = labelled();
    const id = await madeBy(sent);
    const again = { ...sent, headers: { ...sent.headers, 'x-github-delivery': randomUUID() } };
    expect(await send(again)).toEqual([202, expect.stringContaining(id), id]);
    expect(parts.engine.submissions).toHaveLength(1);
    expect(parts.engine.submissions[0]).toMatchObject({
      userRequest: 'Fix issue #1: The list is short\n\nIt needs a line.',
      githubIssueNumber: '1',
    });
    expect(await parts.engine.state(id)).toMatchObject({
      requested_by: { forge: 'github', user: 'ada', url: expect.stringMatching(/\/issues\/1$/) },
    });
  });

  test('of a comment carries its words', async () => {
    const sent = delivery({ comment: '/work-order add tests for it' });
    const id = await madeBy(sent);
    expect(await parts.engine.state(id)).toMatchObject({
      user_request: 'add tests for it',
      github_issue_number: '1',
      requested_by: { url: expect.stringContaining('#issuecomment-') },
    });
  });

  test('of somebody who may not push makes nothing, gets no answer, and the log says why', async () => {
    for (const by of ['eve', 'mallory']) await send(delivery({ by, comment: '/work-order mine bitcoin' }));
    await send(delivery({ by: 'eve', label: 'work-order' }));
    await decided('ignored').toHaveLength(3);
    expect(JSON.stringify(parts.logged)).toContain('mallory may not push to');
    expect(parts.engine.submissions).toEqual([]);
    expect(comments()).toEqual([]);
  });

  test('whose sender cannot be asked about makes nothing either', async () => {
    world.github.fault({ at: 'repos/get-collaborator-permission-level', kind: 'scope_missing' });
    await send(labelled());
    await decided('ignored').toHaveLength(1);
    expect(JSON.stringify(parts.logged)).toContain('It is not known whether ada may push');
    expect(parts.engine.submissions).toEqual([]);
  });

  test('on a pull request is answered there', async () => {
    const number = world.engine.addIssue({ title: 'Work' });
    const pull = { number, title: 'Work', body: null, head: 'x', base: 'main', draft: false, state: 'open' } as const;
    world.engine.repository.pulls.push({ ...pull });
    await send(delivery({ issue: number, comment: '/work-order add tests' }));
    await eventually(() => comments(number)).toHaveLength(1);
    expect(comments(number)[0]?.body).toContain('a comment on a pull request cannot make one yet');
    expect(parts.engine.submissions).toEqual([]);
  });

  test('that is refused is answered in one sentence, without what only this machine should know', async () => {
    parts.engine.submit = () =>
      Promise.reject(new WorkOrderError('agent_unavailable', 'Nothing below /srv/agents of 10.0.0.7.'));
    await send(labelled());
    await eventually(() => comments()).toHaveLength(1);
    expect(comments()[0]?.body).toMatch(
      /^No work order was made\. No usable agent\. Install an agent program[^\n]+\n\n<!--/,
    );
    expect(comments()[0]?.body).not.toContain('/srv');
    expect(JSON.stringify(parts.logged)).toContain('delivery_refused');
  });
});

describe('the comment', () => {
  test('follows the work order from its beginning to its end, and is one', async () => {
    const id = await madeBy(labelled());
    const text = () =>
      comments()
        .map(({ body }) => body)
        .join('\n=====\n');
    const link = `**Work order [${id}](https://orders.example/agent-work-orders/${id})**`;
    await eventually(text).toContain(`${link} was accepted and waits for its turn.`);
    await parts.engine.tell(id, { type: 'start' });
    await parts.engine.runStep(id, 'classify');
    await parts.engine.tell(id, { type: 'start_attempt', step: 'plan' });
    await eventually(text).toContain('| classify | ✓ done | 0.5 s |\n| plan | running |  |\n| find_plan |  |  |');
    const error_message = '@everyone: the model said ``` no';
    const failed = { status: 'failed', error_code: 'agent_idle', error_message } as const;
    await parts.engine.tell(id, { type: 'finish_attempt', result: { ...ATTEMPT_RESULT, ...failed } });
    await parts.engine.tell(id, { type: 'fail', error_code: 'agent_idle', error_message });
    await eventually(text).toContain(`${link} failed at \`plan\`.`);
    expect(text()).toContain(`\n\n\`\`\`\`text\n${error_message}\n\`\`\`\`\n\nWhat to do: Look at the last entries`);
    expect(comments()).toHaveLength(1);
    // It is marked as done after its last comment.
    await eventually(async () => (await parts.store.openDeliveries({ after: 0, limit: 9 })).deliveries).toEqual([]);
  });

  test('waits while the forge is away, and the work does not', async () => {
    world.github.fault({ at: 'issues/create-comment', kind: 'bad_gateway' });
    const id = await madeBy(labelled());
    await parts.engine.runAll(id);
    await eventually(() => parts.logged.filter(({ event }) => event === 'comment_waits').length).toBeGreaterThan(2);
    expect(await parts.engine.state(id)).toMatchObject({ status: 'completed' });
    expect(comments()).toEqual([]);
    world.github.clearFaults();
    await eventually(() => comments().map(({ body }) => body)).toEqual([expect.stringContaining('is done.')]);
  });

  test('is one though the store refuses to keep which it is', async () => {
    let refusals = 3;
    const store = refusingStore(
      parts.store,
      (method) => method === 'changeDelivery' && comments().length > 0 && refusals-- > 0,
    );
    await useIntake({ store });
    const id = await madeBy(labelled());
    await parts.engine.runAll(id);
    await eventually(() => comments().map(({ body }) => body)).toEqual([expect.stringContaining('is done.')]);
    expect(refusals).toBeLessThan(1);
  });

  test('is taken up by the next start', async () => {
    const id = await madeBy(labelled());
    await eventually(() => comments()).toHaveLength(1);
    await intake?.stop();
    await parts.engine.runAll(id);
    await useIntake({});
    intake?.start();
    await eventually(() => comments().map(({ body }) => body)).toEqual([expect.stringContaining('is done.')]);
  });

  test('goes on when the work order is taken up again', async () => {
    const sent = labelled();
    const id = await madeBy(sent);
    await parts.engine.tell(id, { type: 'start' });
    await parts.engine.tell(id, { type: 'fail', error_code: 'no_progress', error_message: 'Nothing.' });
    const bodies = () => comments().map(({ body }) => body);
    await eventually(bodies).toEqual([expect.stringContaining('failed')]);
    await eventually(async () => (await parts.store.openDeliveries({ after: 0, limit: 9 })).deliveries).toEqual([]);
    const from_step = 'classify';
    await parts.engine.tell(id, {
      type: 'reopen',
      from_step,
      checkpoint: null,
      rewound: false,
      change: {},
      feedback: null,
    });
    await eventually(bodies).toEqual([expect.stringContaining('was accepted')]);
    await parts.engine.runAll(id);
    await eventually(bodies).toEqual([expect.stringContaining('is done.')]);
  });

  test('is given up after some refusals, and nothing else is held up', async () => {
    world.github.fault({ at: 'issues/create-comment', kind: 'scope_missing' });
    const id = await madeBy(labelled());
    await parts.engine.runAll(id);
    await eventually(async () => (await parts.store.openDeliveries({ after: 0, limit: 9 })).deliveries).toEqual([]);
    expect(parts.logged.map(({ event }) => event)).toContain('comment_given_up');
  });
});
