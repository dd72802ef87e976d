import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Configuration } from '../../src/contract/configuration.ts';
import { MessagesSchema } from '../../src/contract/messages.ts';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import { TERMINAL_EVENT_TYPES } from '../../src/domain/event.ts';
import type { StepName } from '../../src/domain/workflow.ts';
import type { RunningService } from '../../src/server.ts';
import { startService } from '../../src/server.ts';
import type { Api } from '../suites/api.ts';
import { apiOf } from '../suites/api.ts';
import { quietLog } from '../suites/quiet-log.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

let place: WorkPlace;
let service: RunningService;
let api: Api;

const start = async (changes: Partial<Configuration> = {}) => {
  service = await startService(place.configuration(changes), { log: quietLog });
  api = apiOf(service.url);
};
/** The same scripted agent, as one that goes on in its sessions. */
const asClaude = () => ({ agent: 'claude' as const, claudeCliPath: join(place.directory, 'bin/agent') });

/** For the scripted one there is no model; the check of the adapter wants a login. */
const KEY = 'ANTHROPIC_API_KEY';

beforeEach(() => {
  process.env[KEY] = 'a-key-without-a-model';
  place = makeWorkPlace({ gated: true });
});
afterEach(async () => {
  delete process.env[KEY];
  await service.stop();
  expect(place.livingAgents()).toEqual([]);
  place[Symbol.dispose]();
});

const submit = (more: Readonly<Record<string, unknown>> = {}) =>
  api.submit({ repository_url: place.repository, user_request: 'Keep a list', ...more });
const isPrompted =
  (step: StepName, attempt = 1) =>
  (event: WorkOrderEvent) =>
    event.type === 'attempt_prompted' && event.data.step === step && event.data.attempt === attempt;
const isWaiting = ({ type }: WorkOrderEvent) => type === 'work_order_waiting';

async function ask(id: string, path: string, init: { readonly method?: string; readonly body?: object } = {}) {
  const response = await fetch(new URL(`/agent-work-orders/${id}/${path}`, service.url), {
    method: init.method ?? 'POST',
    headers: { 'content-type': 'application/json' },
    ...(init.body ? { body: JSON.stringify(init.body) } : {}),
  });
  const answer = (await response.json()) as {
    readonly detail?: string;
    readonly prompt_id?: string;
    readonly code?: string;
  };
  return { status: response.status, ...answer };
}

async function send(id: string, prompt_text: string): Promise<string> {
  const { status, prompt_id = '', detail } = await ask(id, 'prompt', { body: { prompt_text } });
  expect([status, detail]).toEqual([200, undefined]);
  return prompt_id;
}

async function messages(id: string) {
  const answer: unknown = await (await api.get(`/agent-work-orders/${id}/prompts`)).json();
  return MessagesSchema.parse(answer).prompts;
}

async function attempts(id: string): Promise<readonly string[]> {
  const { steps } = await api.steps(id);
  return steps.map(({ step, attempt, status }) => `${step} ${attempt} ${status}`);
}

const promptOf = async (id: string, step: StepName) =>
  (await api.get(`/agent-work-orders/${id}/steps/${step}/prompt`)).text();

/** The list on the branch of a work order that has ended. */
async function list(id: string): Promise<readonly string[]> {
  const { git_branch_name } = await api.workOrder(id);
  return place.git('show', `${git_branch_name}:list.txt`).split('\n');
}

const given = (events: readonly WorkOrderEvent[]) =>
  events.flatMap(({ type, data }) => (type === 'prompt_given' ? [`${data.step} ${data.attempt} ${data.how}`] : []));

describe('a message', () => {
  test('reaches the planner and the implementor behind their prompts, never one that only looks', async () => {
    await start();
    const id = await submit();
    await api.until(id, isPrompted('classify'));
    const first = await send(id, 'Keep it short.');
    expect(await api.workOrder(id)).toMatchObject({ prompts_queued: 1 });
    place.open('classify');
    await api.until(id, isPrompted('plan'));
    expect(await messages(id)).toMatchObject([
      {
        prompt_id: first,
        prompt_text: 'Keep it short.',
        status: 'given',
        given: { step: 'plan', attempt: 1, how: 'prompt' },
      },
    ]);
    const second = await send(id, 'Use a dash.');
    place.open('plan', 'implement');
    const events = await api.untilEnd(id);
    expect(given(events)).toEqual(['plan 1 prompt', 'implement 1 prompt']);
    expect(await promptOf(id, 'classify')).not.toContain('Keep it short.');
    expect(await promptOf(id, 'plan')).toContain('<message>\nKeep it short.\n</message>');
    expect(await promptOf(id, 'implement')).not.toContain('Keep it short.');
    expect(await list(id)).toEqual(['a line', 'one more line', 'Use a dash.']);
    expect((await messages(id)).map(({ prompt_id }) => prompt_id)).toEqual([first, second]);
    expect(await attempts(id)).toHaveLength(7);
  });

  test('during the last agent step of one that keeps no session leads to one more attempt, on top of the work', async () => {
    await start();
    place.open('classify', 'plan');
    const id = await submit();
    await api.until(id, isPrompted('implement'));
    await send(id, 'And a second one.');
    // What is taken up again finds the working copy put back.
    await ask(id, 'pause');
    place.open('implement');
    await api.until(id, isWaiting);
    await ask(id, 'resume');
    const events = await api.untilEnd(id);
    expect(given(events)).toEqual(['implement 2 prompt']);
    expect((await attempts(id)).slice(4)).toEqual([
      'implement 1 succeeded',
      'implement 2 succeeded',
      'commit 1 succeeded',
      'create_pr 1 succeeded',
    ]);
    expect(await list(id)).toEqual(['a line', 'one more line', 'one more line', 'And a second one.']);
    expect(await api.workOrder(id)).toMatchObject({ status: 'completed', prompts_queued: 0 });
  });

  test('is the next turn of the session of an agent that can go on in one', async () => {
    await start(asClaude());
    place.open('classify', 'plan');
    const id = await submit();
    await api.until(id, isPrompted('implement'));
    await send(id, 'First.');
    await send(id, 'Second.');
    place.open('implement', 'implement-2');
    const events = await api.untilEnd(id);
    expect(given(events)).toEqual(['implement 1 next_turn', 'implement 1 next_turn']);
    const { steps } = await api.steps(id);
    expect(steps).toHaveLength(7);
    expect(steps[4]).toMatchObject({
      step: 'implement',
      output: expect.stringContaining('turn 2 of implement'),
      usage: { cost_usd: 1 },
    });
    expect(await list(id)).toEqual(['a line', 'one more line', 'First.', 'Second.']);
    const turns = events.flatMap(({ type, data }) =>
      type === 'attempt_prompted' && data.step === 'implement' ? [data] : [],
    );
    expect(turns.map(({ resumed_session_id }) => resumed_session_id)).toEqual([null, 'session-implement']);
    expect(await promptOf(id, 'implement')).toMatch(/<plan_file>[^]*\n---\n[^]*<message>\nFirst\.\n<\/message>/);
  });

  describe('to an agent that takes words in the middle of a turn', () => {
    const listening = (listens: 'takes' | 'queues' | 'dies') => {
      place[Symbol.dispose]();
      place = makeWorkPlace({ gated: true, agent: { AGENT_LISTENS: listens } });
      place.open('classify', 'plan');
      return start(asClaude());
    };

    test('is given as soon as the agent has it, and stands behind its prompt', async () => {
      await listening('takes');
      const id = await submit();
      await api.until(id, isPrompted('implement'));
      const first = await send(id, 'First.');
      const events = await api.until(id, ({ type }) => type === 'prompt_given');
      expect(events.slice(-2)).toMatchObject([
        { type: 'attempt_prompted', data: { step: 'implement', attempt: 1 } },
        { type: 'prompt_given', data: { prompt_id: first, step: 'implement', attempt: 1, how: 'mid_turn' } },
      ]);
      const edit = await ask(id, `prompts/${first}`, { method: 'PATCH', body: { prompt_text: 'Else.' } });
      expect(edit).toMatchObject({ status: 409, detail: expect.stringContaining('given already') });
      await send(id, 'Second.');
      place.open('implement');
      expect(given(await api.untilEnd(id))).toEqual(['implement 1 mid_turn', 'implement 1 mid_turn']);
      expect(await list(id)).toEqual(['a line', 'one more line', 'First.', 'Second.']);
      expect(await attempts(id)).toHaveLength(7);
      expect(await promptOf(id, 'implement')).toMatch(/<plan_file>[^]*\n---\n[^]*First\.[^]*\n---\n[^]*Second\./);
    });

    test('is the next turn where it was said too late, and nobody can change it while it may be read', async () => {
      await listening('queues');
      const id = await submit();
      await api.until(id, isPrompted('implement'));
      const late = await send(id, 'Too late.');
      await api.untilLogged(id, 'I hear you.');
      const refused = { status: 409, detail: expect.stringContaining('just now') };
      expect(await ask(id, `prompts/${late}`, { method: 'PATCH', body: { prompt_text: 'Else' } })).toMatchObject(
        refused,
      );
      expect(await ask(id, `prompts/${late}`, { method: 'DELETE' })).toMatchObject(refused);
      expect(await messages(id)).toMatchObject([{ status: 'queued', given: null }]);
      place.open('implement', 'implement-2');
      expect(given(await api.untilEnd(id))).toEqual(['implement 1 next_turn']);
      expect(await list(id)).toEqual(['a line', 'one more line', 'Too late.']);
    });

    test('stays queued where the agent dies before it has it, and the next attempt is given it', async () => {
      await listening('dies');
      const id = await submit();
      await api.until(id, isPrompted('implement'));
      await send(id, 'Not to be lost.');
      const events = await api.untilEnd(id);
      expect(given(events)).toEqual([]);
      expect(await messages(id)).toMatchObject([{ status: 'queued', given: null }]);
      place.open('implement');
      await ask(id, 'retry', { body: {} });
      for await (const event of api.events(id, events.length)) if (TERMINAL_EVENT_TYPES.has(event.type)) break;
      expect(given(await api.savedEvents(id))).toEqual(['implement 2 prompt']);
      expect(await list(id)).toEqual(['a line', 'one more line', 'Not to be lost.']);
    });
  });

  test('that comes while the work waits for an approval lets the implementor go on in its session', async () => {
    await start(asClaude());
    place.open('classify', 'plan', 'implement', 'implement-2');
    const id = await submit({ approvals: ['after:implement'] });
    await api.until(id, isWaiting);
    const { last_seq } = await api.workOrder(id);
    await send(id, 'And a second one.');
    for await (const event of api.events(id, last_seq)) if (isWaiting(event)) break;
    expect((await attempts(id)).slice(4)).toEqual(['implement 1 succeeded', 'implement 2 succeeded']);
    await ask(id, 'approve', { body: {} });
    await api.untilEnd(id);
    expect(await list(id)).toEqual(['a line', 'one more line', 'And a second one.']);
  });

  test('can be edited and withdrawn until it is given', async () => {
    await start();
    const id = await submit();
    await api.until(id, isPrompted('classify'));
    const [edited, withdrawn] = [await send(id, 'Keep it short.'), await send(id, 'Keep it long.')];
    const edit = (promptId: string) =>
      ask(id, `prompts/${promptId}`, { method: 'PATCH', body: { prompt_text: 'Short!' } });
    expect(await edit(edited)).toMatchObject({
      status: 'queued',
      prompt_text: 'Short!',
      edited_at: expect.any(String),
    });
    expect(await ask(id, `prompts/${withdrawn}`, { method: 'DELETE' })).toMatchObject({ status: 'withdrawn' });
    expect(await edit(withdrawn)).toMatchObject({ status: 409, detail: expect.stringContaining('withdrawn') });
    expect(await edit('p-00000000')).toMatchObject({ status: 404, code: 'message_not_found' });
    expect(await edit('nonsense')).toMatchObject({ status: 404, code: 'message_not_found' });
    place.open('classify');
    await api.until(id, isPrompted('plan'));
    expect(await edit(edited)).toMatchObject({ status: 409, detail: expect.stringContaining('given already') });
    expect(await promptOf(id, 'plan')).toContain('<message>\nShort!\n</message>');
    expect(await promptOf(id, 'plan')).not.toContain('Keep it');
    place.open('plan', 'implement');
    await api.untilEnd(id);
    const types = (await api.savedEvents(id)).map(({ type }) => type).filter((type) => type.startsWith('prompt_'));
    expect(types).toEqual(['prompt_queued', 'prompt_queued', 'prompt_edited', 'prompt_withdrawn', 'prompt_given']);
  });

  test('is given again where its attempt fails or is cut, and told at the end where nobody was given it', async () => {
    await start();
    place.open('classify', 'plan', 'fail-implement');
    const id = await submit();
    await api.until(id, isPrompted('plan'));
    await api.until(id, isPrompted('implement'));
    await service.stop();
    await start();
    await api.until(id, isPrompted('implement', 2));
    const late = await send(id, 'Not to be lost.');
    place.open('implement');
    const events = await api.untilEnd(id);
    expect(events.slice(-2)).toMatchObject([
      { type: 'note', data: { code: 'prompts_not_given', message: expect.stringContaining(late) } },
      { type: 'work_order_failed' },
    ]);
    expect(await ask(id, 'prompt', { body: { prompt_text: 'Too late' } })).toMatchObject({
      status: 409,
      detail: expect.stringContaining('ended already'),
    });
    place.close('fail-implement');
    await ask(id, 'retry', { body: {} });
    for await (const event of api.events(id, events.length)) if (TERMINAL_EVENT_TYPES.has(event.type)) break;
    expect(await list(id)).toEqual(['a line', 'one more line', 'Not to be lost.']);
    expect(await messages(id)).toMatchObject([{ status: 'given', given: { step: 'implement', attempt: 3 } }]);
  });

  test('is refused where no agent would be given it any more, and where it does not fit', async () => {
    await start();
    place.open('classify', 'plan', 'implement');
    const id = await submit({ approvals: ['before:create_pr'] });
    await api.until(id, isWaiting);
    const refused = await ask(id, 'prompt', { body: { prompt_text: 'Too late' } });
    expect(refused).toMatchObject({ status: 409, detail: expect.stringContaining('being delivered') });
    expect((await ask(id, 'prompt', { body: { prompt_text: ' ' } })).status).toBe(422);
    const other = { prompt_text: 'Hello', agent_work_order_id: 'wo-00000000' };
    expect((await ask(id, 'prompt', { body: other })).status).toBe(422);
    expect((await ask('wo-00000000', 'prompt', { body: { prompt_text: 'Hello' } })).status).toBe(404);
    expect(await ask(id, 'prompts', { method: 'GET' })).toMatchObject({ prompts: [] });
  });
});
