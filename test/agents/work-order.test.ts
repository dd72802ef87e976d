import { describe, expect, test } from 'vitest';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import { detectConfinement } from '../../src/sandboxes/confinement/detect.ts';
import type { RealAgent } from './whole-work-order.ts';
import { CLAUDE, CODEX, GEMINI, carryWorkOrder, missingPart } from './whole-work-order.ts';

describe.each<RealAgent>([CLAUDE, CODEX, GEMINI])('$agent', (agent) => {
  test('carries a whole work order from the request to the pushed branch', async ({ skip }) => {
    const missing = missingPart(agent);
    if (missing) skip(missing);
    const { events, steps } = await carryWorkOrder([agent], ['--agent', agent.agent]);
    for (const { step, agent: asked, usage } of steps.filter(({ session_id }) => session_id !== null)) {
      expect([step, asked]).toEqual([step, agent.agent]);
      expect(usage?.output_tokens, step).toBeGreaterThan(0);
    }
    expect(events[0]).toMatchObject({ type: 'work_order_created', data: { confinement: { network: 'open' } } });
  });
});

test('one work order may have another agent for a step', async ({ skip }) => {
  const missing = missingPart(CLAUDE) ?? missingPart(CODEX);
  if (missing) skip(missing);
  const { steps, events } = await carryWorkOrder([CLAUDE, CODEX], ['--agent', 'claude', '--step-agent', 'plan=codex']);
  const asked = steps.flatMap(({ step, agent }) => (agent === null ? [] : [[step, agent]]));
  expect(asked).toEqual([
    ['classify', 'claude'],
    ['plan', 'codex'],
    ['implement', 'claude'],
  ]);
  expect(prompted(events).map(({ chosen_by }) => chosen_by)).toEqual(['request', 'request', 'request']);
});

describe.each<RealAgent>([CLAUDE, CODEX])('$agent', (agent) => {
  test('goes on in a copy of the session of its plan where that is wanted, and counts only its own part', async ({
    skip,
  }) => {
    const missing = missingPart(agent);
    if (missing) skip(missing);
    const clean = await carryWorkOrder([agent], ['--agent', agent.agent]);
    expect(prompted(clean.events).map((data) => data.resumed_session_id)).toEqual([null, null, null]);

    const settings = { AWO_IMPLEMENT_SESSION: 'planner' };
    const resumed = await carryWorkOrder([agent], ['--agent', agent.agent], settings);
    const [plan, implement] = ['plan', 'implement'].map((step) => resumed.steps.find((each) => each.step === step)!);
    expect(prompted(resumed.events).map((data) => data.resumed_session_id)).toEqual([null, null, plan!.session_id]);
    expect(implement!.session_id).not.toBe(plan!.session_id);
    // The scripted model counts the same for every call; the calls of the plan must not be among these.
    const outputOf = (steps: typeof resumed.steps) =>
      steps.find(({ step }) => step === 'implement')?.usage?.output_tokens;
    expect(outputOf(resumed.steps)).toBe(outputOf(clean.steps));
  });
});

describe.each<RealAgent>([CLAUDE, CODEX, GEMINI])('$agent', (agent) => {
  test('works where the network is its model and nothing else', async ({ skip }) => {
    const missing = missingPart(agent) ?? (await detectConfinement('auto')).report.problem;
    if (missing) skip(missing);
    const { events } = await carryWorkOrder([agent], ['--agent', agent.agent], { AWO_NETWORK: 'allow-list' });
    expect(events[0]).toMatchObject({ data: { confinement: { kind: 'bubblewrap', network: 'allow-list' } } });
  });
});

function prompted(events: readonly WorkOrderEvent[]) {
  return events.flatMap((event) => (event.type === 'attempt_prompted' ? [event.data] : []));
}
