import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningService } from '../../src/server.ts';
import { startService } from '../../src/server.ts';
import { SCRIPTED_ACP } from '../suites/acp.ts';
import { makeScriptedProgram } from '../suites/agent.suite.ts';
import { apiOf } from '../suites/api.ts';
import { ManualClock } from '../suites/manual-clock.ts';
import { quietLog } from '../suites/quiet-log.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

let place: WorkPlace;
let service: RunningService;
let clock: ManualClock;

beforeEach(() => {
  place = makeWorkPlace({ gated: false });
  clock = new ManualClock();
});
afterEach(async () => {
  await service.stop();
  place[Symbol.dispose]();
});

/** A service whose agent `acp` always meets a limit, and whose agent `command` does its work. */
async function begin(fallbackAgents: readonly ('acp' | 'command')[]) {
  const program = await makeScriptedProgram(join(place.directory, 'bin'), SCRIPTED_ACP);
  const commandsDirectory = join(place.directory, 'commands');
  mkdirSync(commandsDirectory);
  for (const role of ['classifier', 'planner_chore', 'implementor'])
    writeFileSync(join(commandsDirectory, `${role}.md`), 'behave: error 429 Please wait.\n$ARGUMENTS\n');
  const configuration = place.configuration({
    agent: 'acp',
    acpCommand: `'${program}'`,
    commandsDirectory,
    fallbackAgents: [...fallbackAgents],
  });
  service = await startService(configuration, { clock, log: quietLog });
  return apiOf(service.url);
}

test('another agent goes on where one has met its limit, at once', async () => {
  const api = await begin(['acp', 'command']);
  const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
  const events = await api.untilEnd(id);
  expect((await api.workOrder(id)).status).toBe('completed');
  const { steps } = await api.steps(id);
  const asked = steps.flatMap(({ step, agent, status, error_code }) =>
    agent ? [[step, agent, status, error_code]] : [],
  );
  expect(asked).toEqual([
    ['classify', 'acp', 'failed', 'agent_rate_limited'],
    ['classify', 'command', 'succeeded', null],
    ['plan', 'acp', 'failed', 'agent_rate_limited'],
    ['plan', 'command', 'succeeded', null],
    ['implement', 'acp', 'failed', 'agent_rate_limited'],
    ['implement', 'command', 'succeeded', null],
  ]);
  const waits = events.flatMap((event) => (event.type === 'work_order_waiting' ? [event.data] : []));
  expect(waits[0]).toMatchObject({ waiting_reason: 'quota', detail: expect.stringMatching(/^command goes on\. /) });
  const prompted = events.flatMap((event) => (event.type === 'attempt_prompted' ? [event.data.chosen_by] : []));
  expect(new Set(prompted)).toEqual(new Set(['service', 'fallback']));
});

test('without one the limit is waited for', async () => {
  const api = await begin(['acp']);
  const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
  await api.until(id, ({ type }) => type === 'work_order_waiting');
  const { status, waiting_reason, waiting_until } = await api.workOrder(id);
  expect([status, waiting_reason]).toEqual(['waiting', 'quota']);
  expect(Date.parse(waiting_until ?? '')).toBeGreaterThan(clock.now().getTime());
});
