import { describe, expect, test } from 'vitest';
import { WorkOrderSchema } from '../../src/contract/work-order.ts';
import { startParts } from './support.ts';

describe('GET /agent-work-orders', () => {
  test('the list is an array, newest first, and its Link leads to the end', async () => {
    await using parts = await startParts();
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.unshift(await parts.engine.create(`request ${i}`));
    const seen: string[] = [];
    let next: string | undefined = '/agent-work-orders?limit=2&status=pending';
    while (next) {
      const response: Response = await parts.app.request(next);
      const page = WorkOrderSchema.strict()
        .array()
        .parse(await response.json());
      expect(page.length).toBeLessThanOrEqual(2);
      seen.push(...page.map(({ agent_work_order_id }) => agent_work_order_id));
      next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
      if (next) expect(next).toContain('status=pending');
    }
    expect(seen).toEqual(ids);
  });

  test('the list is filtered by several statuses and by a text, also on its next page', async () => {
    await using parts = await startParts();
    const list = async (query: string) => {
      const response = await parts.app.request(`/agent-work-orders?${query}`);
      const ids = WorkOrderSchema.array()
        .parse(await response.json())
        .map((each) => each.agent_work_order_id);
      return { ids, next: response.headers.get('link') };
    };
    const [pending, running, cancelled] = [
      await parts.engine.create('Add a dark mode'),
      await parts.engine.create('Take the DARK mode away'),
      await parts.engine.create('Add a dark mode'),
    ] as const;
    await parts.engine.tell(running, { type: 'start' });
    await parts.engine.tell(cancelled, { type: 'cancel', detail: 'asked for' });
    expect((await list('status=pending,running')).ids).toEqual([running, pending]);
    expect((await list('text=dark%20mode&status=running&status=cancelled')).ids).toEqual([cancelled, running]);
    expect((await list('text=nothing')).ids).toEqual([]);
    const first = await list('status=pending&status=running&limit=1');
    expect(first.ids).toEqual([running]);
    expect(first.next).toContain('status=pending&status=running');
  });

  test('a work order says how far it is among its steps', async () => {
    await using parts = await startParts();
    const id = await parts.engine.create();
    const progress = async () =>
      WorkOrderSchema.parse(await (await parts.app.request(`/agent-work-orders/${id}`)).json()).progress;
    const none = { attempt: null, step_started_at: null, steps_total: 7 };
    expect(await progress()).toEqual({ ...none, current_step: 'classify', steps_completed: 0 });
    await parts.engine.tell(id, { type: 'start' });
    await parts.engine.runStep(id, 'classify');
    await parts.engine.tell(id, { type: 'start_attempt', step: 'plan' });
    const { step_started_at, ...rest } = await progress();
    expect(rest).toEqual({ current_step: 'plan', steps_completed: 1, steps_total: 7, attempt: 1 });
    expect(Date.parse(step_started_at ?? '')).not.toBeNaN();
  });
});
