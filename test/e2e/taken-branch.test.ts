import { expect, test } from 'vitest';
import { startService } from '../../src/server.ts';
import { apiOf } from '../suites/api.ts';
import { quietLog } from '../suites/quiet-log.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

test('a branch that somebody else has made under the wanted name is left alone, and the work gets another name', async () => {
  using place = makeWorkPlace({ gated: true });
  await using stack = new AsyncDisposableStack();
  const service = await startService(place.configuration(), { log: quietLog });
  stack.defer(() => service.stop());
  const api = apiOf(service.url);
  place.open('classify');
  const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
  await api.until(id, ({ type, data }) => type === 'attempt_prompted' && data.step === 'plan');
  const wanted = `chore-${id}-keep-a-list`;
  place.git('branch', wanted, 'main');
  // Git cannot hold this name and one that it is the beginning of.
  place.git('branch', `${wanted}-2/more`, 'main');
  place.open('plan', 'implement');
  await api.untilEnd(id);
  const { status, git_branch_name } = await api.workOrder(id);
  expect([status, git_branch_name]).toEqual(['completed', `${wanted}-3`]);
  expect(place.git('rev-parse', wanted)).toBe(place.git('rev-parse', 'main'));
  expect(place.git('show', `${wanted}-3:list.txt`)).toBe('a line\none more line');
});
