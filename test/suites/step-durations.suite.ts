import { describe, expect, test } from 'vitest';
import type { OpenStore } from './store.suite.ts';
import { A_CHOICE, aResult, aSavedWorkOrder } from './histories.ts';

const SHOP = 'https://example.test/shop.git';

/** What every store must tell of how long steps took. */
export function stepDurationsSuite(name: string, open: () => Promise<OpenStore>): void {
  describe(`durations of steps: ${name}`, () => {
    test('are those of successful attempts by the agent or by none, the newest first, without the one that asks', async () => {
      const opened = await open();
      try {
        const { store } = opened;
        const saved = async (repository_url: string, agent: string, seconds: number) => {
          const history = await aSavedWorkOrder(store, { request: { repository_url } });
          await history.give({ type: 'start' });
          await history.give({ type: 'start_attempt', step: 'classify' });
          await history.give({ type: 'keep_prompt', prompt: 'p', ...A_CHOICE, choice: { ...A_CHOICE.choice, agent } });
          await history.give({ type: 'finish_attempt', result: aResult('classify', { duration_seconds: seconds }) });
          return history;
        };
        await saved(SHOP, 'claude', 10);
        await saved(SHOP, 'codex', 99);
        await saved('https://example.test/other.git', 'claude', 30);
        const withFailure = await saved(SHOP, 'claude', 20);
        await withFailure.runStep('plan', { status: 'failed', error_code: 'agent_crashed', duration_seconds: 7 });
        const asking = await saved(SHOP, 'claude', 77);

        const of = { agent: 'claude', besides: asking.workOrderId };
        expect(await store.stepDurations({ ...of, repositoryUrl: SHOP })).toEqual([
          { step: 'classify', duration_seconds: 20 },
          { step: 'classify', duration_seconds: 10 },
        ]);
        const everywhere = await store.stepDurations({ ...of, repositoryUrl: null });
        expect(everywhere.map(({ duration_seconds }) => duration_seconds)).toEqual([20, 30, 10]);
      } finally {
        await opened.dispose();
      }
    });
  });
}
