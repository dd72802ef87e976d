import { expect, test } from 'vitest';
import { ProblemSchema } from '../../src/contract/problem.ts';
import type { StepName } from '../../src/domain/workflow.ts';
import { A_CHOICE } from '../suites/histories.ts';
import { ATTEMPT_RESULT, startParts } from './support.ts';

test('GET /{id}/steps/{n}/prompt gives the exact prompt, by the number of the attempt or the name of the step', async () => {
  await using parts = await startParts();
  const { engine, app } = parts;
  const id = await engine.create();
  const ask = (n: string) => app.request(`/agent-work-orders/${id}/steps/${n}/prompt`);
  const begin = async (step: StepName, prompt: string) => {
    await engine.tell(id, { type: 'start_attempt', step });
    await engine.tell(id, { type: 'keep_prompt', prompt, ...A_CHOICE });
  };
  await engine.tell(id, { type: 'start' });
  await begin('classify', 'first try');
  await engine.tell(id, { type: 'finish_attempt', result: { ...ATTEMPT_RESULT, status: 'interrupted' } });
  await begin('classify', 'second try: ünïcode $1');
  await engine.tell(id, { type: 'finish_attempt', result: ATTEMPT_RESULT });
  await begin('plan', 'the plan, which runs');

  const first = await ask('1');
  expect([first.status, await first.text()]).toEqual([200, 'first try']);
  expect(first.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
  expect([first.headers.get('x-step'), first.headers.get('x-attempt')]).toEqual(['classify', '1']);
  expect(await (await ask('2')).text()).toBe('second try: ünïcode $1');
  expect(await (await ask('classify')).text()).toBe('second try: ünïcode $1');
  expect(await (await ask('3')).text()).toBe('the plan, which runs');
  expect(await (await ask('plan')).text()).toBe('the plan, which runs');

  for (const absent of ['4', 'commit']) {
    const response = await ask(absent);
    expect(response.status).toBe(404);
    expect(ProblemSchema.parse(await response.json()).code).toBe('prompt_not_found');
  }
  for (const unfit of ['0', '-1', 'deploy', '1.5']) expect((await ask(unfit)).status).toBe(422);
});
