import { join } from 'node:path';
import { expect, test } from 'vitest';
import { apiOf } from '../suites/api.ts';
import { makeWorkPlace } from '../suites/work-place.ts';
import { startServiceProcess } from './killed-service.ts';

test('what an agent had told of its usage counts when the service is killed', async () => {
  process.env['ANTHROPIC_API_KEY'] = 'a-key-without-a-model';
  try {
    using place = makeWorkPlace({ gated: true, agent: { AGENT_SPENDS: 'classify:700' } });
    const configuration = place.configuration({ agent: 'claude', claudeCliPath: join(place.directory, 'bin/agent') });
    let id: string;
    {
      await using first = await startServiceProcess(configuration);
      const body = { repository_url: place.repository, user_request: 'Keep a list', budget: { tokens: 1_000 } };
      id = await apiOf(first.url).submit(body);
      await apiOf(first.url).untilLogged(id, 'working on classify');
      await first.kill();
    }
    await using second = await startServiceProcess(configuration);
    // Twice 700 is more than there is.
    await apiOf(second.url).untilEnd(id);
    expect(await apiOf(second.url).workOrder(id)).toMatchObject({
      error_code: 'budget_exhausted',
      spent: { tokens: 1_400 },
    });
    const { steps } = await apiOf(second.url).steps(id);
    expect(steps.map(({ status, usage }) => [status, usage?.input_tokens])).toEqual([
      ['interrupted', 700],
      ['failed', 700],
    ]);
    expect(place.livingAgents()).toEqual([]);
  } finally {
    delete process.env['ANTHROPIC_API_KEY'];
  }
});
