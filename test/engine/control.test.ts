import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import { TERMINAL_EVENT_TYPES } from '../../src/domain/event.ts';
import type { StepName } from '../../src/domain/workflow.ts';
import type { RunningService } from '../../src/server.ts';
import { startService } from '../../src/server.ts';
import type { Api } from '../suites/api.ts';
import { apiOf } from '../suites/api.ts';
import { quietLog } from '../suites/quiet-log.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { filesBelow, makeWorkPlace } from '../suites/work-place.ts';

let place: WorkPlace;
let service: RunningService;
let api: Api;

const start = async () => {
  service = await startService(place.configuration(), { log: quietLog });
  api = apiOf(service.url);
};

beforeEach(async () => {
  place = makeWorkPlace({ gated: true });
  await start();
});
afterEach(async () => {
  await service.stop();
  expect(place.livingAgents()).toEqual([]);
  place[Symbol.dispose]();
});

const submit = (more: Readonly<Record<string, unknown>> = {}) =>
  api.submit({ repository_url: place.repository, user_request: 'Keep a list', ...more });
/** The number of the latest event, to wait for what comes after it. */
const now = async (id: string) => (await api.workOrder(id)).last_seq;
const isWaiting = ({ type }: WorkOrderEvent) => type === 'work_order_waiting';
const isStart = (step: StepName) => (event: WorkOrderEvent) =>
  event.type === 'attempt_started' && event.data.step === step;
const close = (...steps: readonly string[]) => {
  for (const step of steps) rmSync(join(place.directory, 'gate', step), { force: true });
};

async function control(id: string, action: string, body?: unknown) {
  const response = await api.post(`/agent-work-orders/${id}/${action}`, body);
  const answer = (await response.json()) as { detail?: string };
  return { status: response.status, detail: answer.detail ?? '' };
}

/** Waits for an event that comes after `after`. */
async function next(id: string, after: number, wanted: (event: WorkOrderEvent) => boolean): Promise<WorkOrderEvent> {
  for await (const event of api.events(id, after)) if (wanted(event)) return event;
  throw new Error('the stream ended before it');
}

/** Waits for the next end after what there is. */
const endAfter = (id: string, after: number) => next(id, after, ({ type }) => TERMINAL_EVENT_TYPES.has(type));

async function attempts(id: string): Promise<readonly string[]> {
  const { steps } = await api.steps(id);
  return steps.map(({ step, attempt, status }) => `${step} ${attempt} ${status}`);
}

const promptOf = async (id: string, step: StepName) =>
  (await api.get(`/agent-work-orders/${id}/steps/${step}/prompt`)).text();

/** Every file of the working copy with the hash of its bytes, but for git's own. */
const workingCopy = (id: string) => filesBelow(join(place.dataDirectory, 'work-orders', id, 'tree'));

describe('retry', () => {
  test('goes on at the step that failed, with a new attempt, and ends as if nothing had been', async () => {
    place.open('classify', 'plan', 'implement', 'fail-implement');
    const id = await submit();
    await api.untilEnd(id);
    expect(await api.workOrder(id)).toMatchObject({ status: 'failed', failed_step: 'implement' });
    close('fail-implement');
    const seq = await now(id);
    expect((await control(id, 'retry')).status).toBe(202);
    await endAfter(id, seq);
    expect(await api.workOrder(id)).toMatchObject({ status: 'completed', outcome: 'branch_pushed', error_code: null });
    expect(await attempts(id)).toEqual([
      'classify 1 succeeded',
      'plan 1 succeeded',
      'find_plan 1 succeeded',
      'generate_branch 1 succeeded',
      'implement 1 failed',
      'implement 2 succeeded',
      'commit 1 succeeded',
      'create_pr 1 succeeded',
    ]);
  });

  test('of one that is delivered puts its own branch to the new commit, and makes no second one', async () => {
    place.open('classify', 'plan', 'implement');
    const id = await submit();
    await api.untilEnd(id);
    const first = await api.workOrder(id);
    const seq = first.last_seq;
    const branches = place.branches();
    await control(id, 'retry', { from_step: 'plan', user_request: 'Keep a longer list' });
    await endAfter(id, seq);
    const second = await api.workOrder(id);
    const late = await control(id, 'retry', { from_step: 'commit', prompt_text: 'Be brief.' });
    expect(late).toMatchObject({ status: 409, detail: expect.stringContaining('No agent is asked from commit on') });
    expect(place.branches()).toEqual(branches);
    expect(second).toMatchObject({ status: 'completed', git_branch_name: first.git_branch_name, plan_version: 2 });
    expect(place.git('rev-parse', first.git_branch_name ?? '')).toBe(second.git_commit);
    expect(place.git('rev-list', '--count', `main..${first.git_branch_name}`)).toBe('1');
    expect(await promptOf(id, 'plan')).toContain('Keep a longer list');
  });

  test('leaves a branch alone to which somebody else has pushed since', async () => {
    place.open('classify', 'plan', 'implement');
    const id = await submit();
    await api.untilEnd(id);
    const { git_branch_name: branch, last_seq: seq } = await api.workOrder(id);
    place.git('update-ref', `refs/heads/${branch}`, 'main');
    await control(id, 'retry', { from_step: 'plan', user_request: 'Keep a longer list' });
    await endAfter(id, seq);
    expect(await api.workOrder(id)).toMatchObject({ status: 'failed', error_code: 'git_conflict' });
    expect(place.git('rev-parse', branch ?? '')).toBe(place.git('rev-parse', 'main'));
  });

  test('is refused with the reason where it does not fit', async () => {
    const id = await submit();
    await api.until(id, isStart('classify'));
    expect(await control(id, 'retry')).toMatchObject({ status: 409, detail: expect.stringContaining('running') });
    await control(id, 'cancel');
    await api.untilEnd(id);
    expect(await control(id, 'retry', { from_step: 'implement' })).toMatchObject({
      status: 409,
      detail: expect.stringContaining('classify has not succeeded'),
    });
    expect((await control(id, 'retry', { from_step: 'nowhere' })).status).toBe(422);
    expect((await control(id, 'retry', { agent: 'nobody' })).status).toBe(422);
    expect((await control('wo-00000000', 'retry')).status).toBe(404);
  });
});

describe('rewind', () => {
  test('brings the working copy back byte for byte, with untracked files, and rewrites nothing', async () => {
    place.open('classify', 'plan');
    const id = await submit();
    await api.until(id, isStart('implement'));
    const before = workingCopy(id);
    place.open('implement');
    await api.untilEnd(id);
    const events = await api.savedEvents(id);
    close('implement');

    expect((await control(id, 'rewind', { to_step: 'find_plan', prompt_text: 'Keep it short.' })).status).toBe(202);
    await next(id, events.length, isStart('implement'));
    expect(workingCopy(id)).toEqual(before);
    expect(Object.keys(before).some((path) => path.startsWith('specs/'))).toBe(true);
    place.open('implement');
    await endAfter(id, events.length);
    expect(await promptOf(id, 'implement')).toMatch(/## What is wanted of this attempt\n\nKeep it short\.\n$/);
    const after = await api.savedEvents(id);
    expect(after.slice(0, events.length)).toEqual(events);
    expect(after.slice(events.length, events.length + 2)).toMatchObject([
      { type: 'rewound', data: { to_step: 'find_plan', checkpoint: expect.stringMatching(/^[0-9a-f]{40}/) } },
      { type: 'work_order_reopened', data: { from_step: 'generate_branch' } },
    ]);
    expect((await attempts(id)).filter((text) => text.startsWith('plan'))).toEqual(['plan 1 succeeded']);
  });

  test('is refused where there is nothing to go back to, or nothing to go on with', async () => {
    place.open('classify', 'plan', 'implement', 'fail-implement');
    const id = await submit();
    await api.untilEnd(id);
    const refusals = await Promise.all(['implement', 'create_pr'].map((to_step) => control(id, 'rewind', { to_step })));
    expect(refusals.map(({ status }) => status)).toEqual([409, 409]);
    expect(refusals[0]?.detail).toContain('implement has not succeeded');
    expect((await control(id, 'rewind', {})).status).toBe(422);
  });
});

describe('approval', () => {
  test('of the plan holds nothing and outlasts the service; approved, it goes on', async () => {
    place.open('classify', 'plan', 'implement');
    const id = await submit({ approve_plan: true });
    await api.until(id, isWaiting);
    expect(await api.workOrder(id)).toMatchObject({
      status: 'waiting',
      waiting_reason: 'approval',
      waiting_until: null,
      waiting_detail: expect.stringContaining('Approve the plan'),
    });
    await service.stop();
    await start();
    expect((await api.workOrder(id)).status).toBe('waiting');
    expect(await control(id, 'resume')).toMatchObject({ status: 409, detail: expect.stringContaining('approve it') });
    const seq = await now(id);
    expect((await control(id, 'approve', { comment: 'Well thought.' })).status).toBe(202);
    await api.untilEnd(id);
    const given = await next(id, seq, () => true);
    expect(given).toMatchObject({
      type: 'approval_given',
      data: { gate: 'after:find_plan', comment: 'Well thought.' },
    });
    expect((await api.workOrder(id)).status).toBe('completed');
    expect((await control(id, 'approve')).status).toBe(409);
  });

  test('refused, the planner tries again and is told the reason, and its plan wants an approval again', async () => {
    place.open('classify', 'plan', 'implement');
    const id = await submit({ approve_plan: true });
    await api.until(id, isWaiting);
    const seq = await now(id);
    expect((await control(id, 'reject', {})).status).toBe(422);
    await control(id, 'reject', { reason: 'Leave the configuration alone.' });
    await next(id, seq, isWaiting);
    expect(await promptOf(id, 'plan')).toMatch(
      /## What is wanted of this attempt\n\nLeave the configuration alone\.\n$/,
    );
    expect(await attempts(id)).toEqual([
      'classify 1 succeeded',
      'plan 1 succeeded',
      'find_plan 1 succeeded',
      'plan 2 succeeded',
      'find_plan 2 succeeded',
    ]);
    await control(id, 'approve');
    await api.untilEnd(id);
    expect(await promptOf(id, 'implement')).not.toContain('Leave the configuration alone.');
  });

  test('of an edited plan: both versions stay, and the agent and the branch get the edited one', async () => {
    place.open('classify', 'plan', 'implement');
    const id = await submit({ approve_plan: true });
    await api.until(id, isWaiting);
    const put = (body: unknown) =>
      fetch(new URL(`/agent-work-orders/${id}/plan`, service.url), {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const edited = '# Chore: Keep two lists\n\nGrüße.\n';
    expect((await put({ markdown: '  ' })).status).toBe(422);
    expect((await put({ markdown: edited, version: 7 })).status).toBe(409);
    expect((await put({ markdown: edited, version: 1 })).status).toBe(200);
    await control(id, 'approve');
    await api.untilEnd(id);
    const plan = async (query: string) => (await api.get(`/agent-work-orders/${id}/plan${query}`)).text();
    expect(await api.workOrder(id)).toMatchObject({ status: 'completed', error_message: null });
    expect(await plan('')).toBe(edited);
    expect(await plan('?version=1')).toContain('Append a line');
    expect(await promptOf(id, 'implement')).toContain('Keep two lists');
    const { git_branch_name, plan_path } = await api.workOrder(id);
    expect(place.git('show', `${git_branch_name}:${plan_path}`)).toBe(edited.trim());
    expect((await put({ markdown: edited })).status).toBe(409);
  });

  test('may be wanted anywhere; refused after the work, the implementor tries again', async () => {
    place.open('classify', 'plan', 'implement');
    const id = await submit({ approvals: ['before:classify', 'after:implement', 'after:create_pr'] });
    await api.until(id, isWaiting);
    expect(await attempts(id)).toEqual([]);
    let seq = await now(id);
    await control(id, 'approve');
    await next(id, seq, isWaiting);
    seq = await now(id);
    await control(id, 'reject', { reason: 'One line is not enough.' });
    await next(id, seq, isWaiting);
    expect(await promptOf(id, 'implement')).toContain('One line is not enough.');
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"markdown":"# Too late"}' };
    expect((await fetch(new URL(`/agent-work-orders/${id}/plan`, service.url), put)).status).toBe(409);
    seq = await now(id);
    await control(id, 'approve');
    await next(id, seq, isWaiting);
    expect(place.branches()).toHaveLength(2);
    expect((await api.workOrder(id)).waiting_detail).toContain('after create_pr');
    await control(id, 'approve');
    await api.untilEnd(id);
    expect((await api.workOrder(id)).status).toBe('completed');
  });
});

describe('pause', () => {
  test('lets the running attempt end and nothing begin until it is resumed', async () => {
    const id = await submit();
    await api.until(id, isStart('classify'));
    expect((await control(id, 'pause')).status).toBe(202);
    expect(await api.workOrder(id)).toMatchObject({ status: 'running', pause_requested: true });
    place.open('classify', 'plan', 'implement');
    await api.until(id, isWaiting);
    expect(await api.workOrder(id)).toMatchObject({
      status: 'waiting',
      waiting_reason: 'paused',
      pause_requested: false,
    });
    expect(await attempts(id)).toEqual(['classify 1 succeeded']);
    await control(id, 'resume');
    await api.untilEnd(id);
    expect((await api.workOrder(id)).status).toBe('completed');
    expect((await control(id, 'pause')).status).toBe(409);
  });

  test('of one that has not begun makes it wait at once; a wish to pause can be taken back', async () => {
    const [first, second, third] = [await submit(), await submit(), await submit()];
    await api.until(first, isStart('classify'));
    await api.until(second, isStart('classify'));
    await control(third, 'pause');
    expect((await api.workOrder(third)).waiting_reason).toBe('paused');
    await control(first, 'pause');
    await control(first, 'resume');
    place.open('classify', 'plan', 'implement');
    await api.untilEnd(first);
    expect((await api.workOrder(first)).status).toBe('completed');
    expect((await api.workOrder(third)).status).toBe('waiting');
    await control(third, 'cancel');
    expect((await api.workOrder(third)).status).toBe('cancelled');
  });
});

test('a service that is drained begins nothing more, and the next one goes on', async () => {
  const id = await submit();
  await api.until(id, isStart('classify'));
  const response = await api.post('/service/drain');
  expect([response.status, await response.json()]).toEqual([202, { draining: true, running: 1 }]);
  place.open('classify', 'plan', 'implement');
  await service.drained;
  expect(await attempts(id)).toEqual(['classify 1 succeeded']);
  expect(service.running).toBe(0);
  await service.stop();
  await start();
  await api.untilEnd(id);
  expect((await api.workOrder(id)).status).toBe('completed');
  expect((await attempts(id)).filter((text) => text.startsWith('classify'))).toEqual(['classify 1 succeeded']);
});
