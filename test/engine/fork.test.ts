import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
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

beforeEach(async () => {
  place = makeWorkPlace({ gated: true });
  service = await startService(place.configuration(), { log: quietLog });
  api = apiOf(service.url);
});
afterEach(async () => {
  await service.stop();
  expect(place.livingAgents()).toEqual([]);
  place[Symbol.dispose]();
});

const submit = (more: Readonly<Record<string, unknown>> = {}) =>
  api.submit({ repository_url: place.repository, user_request: 'Keep a list', ...more });
const folderOf = (id: string) => join(place.dataDirectory, 'work-orders', id);
const filesOf = (id: string) => filesBelow(join(folderOf(id), 'tree'));
const isStart = (step: StepName) => (event: WorkOrderEvent) =>
  event.type === 'attempt_prompted' && event.data.step === step;

async function ask(id: string, body: object, headers: Readonly<Record<string, string>> = {}) {
  const response = await api.post(`/agent-work-orders/${id}/fork`, body, headers);
  const answer = (await response.json()) as { readonly agent_work_order_id?: string; readonly detail?: string };
  return { ...answer, status: response.status, location: response.headers.get('location') };
}

async function fork(id: string, body: object): Promise<string> {
  const { status, location, agent_work_order_id: forked = '', detail } = await ask(id, body);
  expect([status, detail]).toEqual([201, undefined]);
  expect(location).toBe(`/agent-work-orders/${forked}`);
  return forked;
}

async function attempts(id: string): Promise<readonly string[]> {
  const { steps } = await api.steps(id);
  return steps.map(({ step, attempt, inherited_from }) => `${step} ${attempt}${inherited_from ? ' inherited' : ''}`);
}

/** The list on the branch of a work order that has ended. */
async function list(id: string): Promise<readonly string[]> {
  const { git_branch_name } = await api.workOrder(id);
  return place.git('show', `${git_branch_name}:list.txt`).split('\n');
}

describe.each(['git_worktree', 'git_branch'])('a fork in a %s', (sandbox_type) => {
  test('of one that runs has its working copy byte for byte, leaves it alone, and both are delivered', async () => {
    place.open('classify', 'plan');
    const source = await submit({ sandbox_type });
    await api.until(source, isStart('implement'));
    const before = filesOf(source);
    const forked = await fork(source, { from_step: 'find_plan', user_request: 'Keep a longer list' });
    await api.until(forked, isStart('implement'));
    expect(filesOf(forked)).toEqual(before);
    expect(filesOf(source)).toEqual(before);
    expect(Object.keys(before).some((path) => path.startsWith('specs/'))).toBe(true);
    place.open('implement');
    await Promise.all([api.untilEnd(source), api.untilEnd(forked)]);
    const [first, second] = [await api.workOrder(source), await api.workOrder(forked)];
    expect(second).toMatchObject({
      status: 'completed',
      user_request: 'Keep a longer list',
      base_commit: first.base_commit,
      plan_path: first.plan_path,
      plan_version: 1,
      forked_from: { agent_work_order_id: source, step: 'find_plan', last_seq: expect.any(Number) },
    });
    expect(place.branches()).toHaveLength(3);
    expect(await attempts(source)).toHaveLength(7);
    expect(await attempts(forked)).toEqual([
      'classify 1 inherited',
      'plan 1 inherited',
      'find_plan 1 inherited',
      'generate_branch 1',
      'implement 1',
      'commit 1',
      'create_pr 1',
    ]);
    const plan = async (id: string) => (await api.get(`/agent-work-orders/${id}/plan`)).text();
    expect(await plan(forked)).toBe(await plan(source));
    expect((await api.steps(forked)).steps[0]).toMatchObject({ usage: null, session_id: null, inherited_from: source });
    for (const { git_branch_name, git_commit } of [first, second])
      expect(place.git('rev-parse', git_branch_name ?? '')).toBe(git_commit);
  });

  test('of one that is delivered goes on with its work, and needs it no more once it is there', async () => {
    place.open('classify', 'plan', 'implement');
    const source = await submit({ sandbox_type });
    await api.untilEnd(source);
    place.git('update-ref', 'refs/heads/main', `${(await api.workOrder(source)).git_branch_name}`);
    place.close('implement');
    const forked = await fork(source, { from_step: 'create_pr', prompt_text: 'And a second one.' });
    await api.until(forked, isStart('implement'));
    rmSync(folderOf(source), { recursive: true });
    place.open('implement');
    await api.untilEnd(forked);
    expect((await attempts(forked)).slice(3)).toEqual([
      'implement 1 inherited',
      'generate_branch 1',
      'implement 2',
      'commit 1',
      'create_pr 1',
    ]);
    expect(await list(forked)).toEqual(['a line', 'one more line', 'one more line', 'And a second one.']);
    expect(await api.workOrder(forked)).toMatchObject({ status: 'completed', outcome: 'branch_pushed' });
    expect(
      place.git(
        'rev-list',
        '--count',
        `${(await api.workOrder(forked)).base_commit}..${(await api.workOrder(forked)).git_branch_name}`,
      ),
    ).toBe('1');
  });
});

test('a fork of work that nobody changes needs no agent, and has a commit of its own', async () => {
  place.open('classify', 'plan', 'implement');
  const source = await submit({ approvals: ['after:find_plan', 'after:implement'] });
  for (const gate of [0, 1]) {
    let waiting = 0;
    await api.until(source, ({ type }) => type === 'work_order_waiting' && waiting++ === gate);
    await api.post(`/agent-work-orders/${source}/approve`);
  }
  await api.untilEnd(source);
  const forked = await fork(source, { from_step: 'implement' });
  await api.untilEnd(forked);
  const [first, second] = [await api.workOrder(source), await api.workOrder(forked)];
  expect(second.status).toBe('completed');
  expect(second.git_branch_name).not.toBe(first.git_branch_name);
  expect(second.git_commit).not.toBe(first.git_commit);
  expect(await list(forked)).toEqual(await list(source));
  // Its plan is looked for anew, so that it has to be approved anew.
  const again = await fork(forked, { from_step: 'plan' });
  await api.until(again, ({ type }) => type === 'work_order_waiting');
  expect((await api.steps(again)).steps[0]).toMatchObject({ step: 'classify', inherited_from: source });
});

test('a fork is refused after a step that has not succeeded, and one key makes one', async () => {
  place.open('classify', 'plan', 'implement', 'fail-implement');
  const source = await submit();
  await api.untilEnd(source);
  expect(await ask(source, { from_step: 'implement' })).toMatchObject({
    status: 409,
    detail: expect.stringContaining('implement has not succeeded'),
  });
  expect((await ask(source, {})).status).toBe(422);
  expect((await ask(source, { from_step: 'nowhere' })).status).toBe(422);
  expect((await ask(source, { from_step: 'plan', agent: 'nobody' })).status).toBe(422);
  expect((await ask('wo-00000000', { from_step: 'plan' })).status).toBe(404);
  place.close('fail-implement');
  const key = { 'idempotency-key': 'one' };
  const [first, second] = [
    await ask(source, { from_step: 'plan' }, key),
    await ask(source, { from_step: 'plan' }, key),
  ];
  expect(second).toEqual(first);
  expect((await ask(source, { from_step: 'classify' }, key)).status).toBe(422);
  await api.untilEnd(first.agent_work_order_id ?? '');
  expect((await api.workOrder(first.agent_work_order_id ?? '')).status).toBe('completed');
});
