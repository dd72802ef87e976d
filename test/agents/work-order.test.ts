import { describe, expect, test } from 'vitest';
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
