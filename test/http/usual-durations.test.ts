import { expect, test } from 'vitest';
import { UsualDurationsSchema } from '../../src/contract/usual-durations.ts';
import { ATTEMPT_RESULT, startParts } from './support.ts';

test('how long a step usually takes is told once there are enough others, without the one that asks', async () => {
  await using parts = await startParts();
  const { engine, app } = parts;
  const classified = async (duration_seconds: number) => {
    const id = await engine.create();
    await engine.tell(id, { type: 'start' });
    await engine.tell(id, { type: 'start_attempt', step: 'classify' });
    await engine.tell(id, { type: 'finish_attempt', result: { ...ATTEMPT_RESULT, duration_seconds } });
    return id;
  };
  const usualFor = async (id: string) => {
    const response = await app.request(`/agent-work-orders/${id}/usual-durations`);
    return UsualDurationsSchema.strict().parse(await response.json()).usual_durations;
  };
  const first = await classified(1_000);
  await classified(10);
  await classified(40);
  expect(await usualFor(first)).toEqual([]);
  await classified(20);
  expect(await usualFor(first)).toEqual([{ step: 'classify', median_seconds: 20, attempts: 3, of: 'repository' }]);
  expect((await app.request('/agent-work-orders/wo-00000000/usual-durations')).status).toBe(404);
});
