import { expect, test } from 'vitest';
import { startService } from '../../src/server.ts';
import { apiOf } from '../suites/api.ts';
import { quietLog } from '../suites/quiet-log.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

test('a change beyond the limits fails its step by name, and stays in the working copy', async () => {
  await using stack = new AsyncDisposableStack();
  const place = stack.use(makeWorkPlace({ gated: false }));
  const service = await startService(place.configuration({ maxFileBytes: 20 }), { log: quietLog });
  stack.defer(() => service.stop());
  const api = apiOf(service.url);
  const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
  const events = await api.untilEnd(id);
  const failed = events.find(({ type, data }) => type === 'attempt_finished' && !data.success);
  expect(failed?.data).toMatchObject({ step: 'plan', error_code: 'change_too_large', checkpoint: null });
  expect(events.at(-1)).toMatchObject({ type: 'work_order_failed', data: { error_code: 'change_too_large' } });
  expect(events.flatMap(({ type, data }) => (type === 'note' ? [data.code] : []))).toEqual(['sandbox_kept']);
  expect(place.branches()).toEqual(['main']);
});

test('what is collected in another way than it lies there is a note of the history', async () => {
  await using stack = new AsyncDisposableStack();
  const place = stack.use(makeWorkPlace({ gated: false, files: { '.gitattributes': 'list.txt filter=lfs\n' } }));
  const service = await startService(place.configuration(), { log: quietLog });
  stack.defer(() => service.stop());
  const api = apiOf(service.url);
  const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
  const events = await api.untilEnd(id);
  expect(events.at(-1)?.type).toBe('work_order_completed');
  const notes = events.flatMap(({ type, data }) => (type === 'note' ? [data] : []));
  expect(notes).toEqual([{ code: 'lfs_not_applied', message: expect.stringContaining('list.txt') }]);
});
