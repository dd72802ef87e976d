import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { STEP_NAMES } from '../../src/domain/workflow.ts';
import { startService } from '../../src/server.ts';
import { apiOf } from '../suites/api.ts';
import { quietLog } from '../suites/quiet-log.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

/**
 * Databases that were written by the commits whose schema they have: a work order that is done, one that was never begun,
 * one that was killed in its first step (`npm run golden`). Schema 7 came together with 8, so that none was ever written.
 */
const FOLDER = resolve(import.meta.dirname, '../histories/schemas');
const schemas = readdirSync(FOLDER).map((file) => Number.parseInt(file, 10));

test('there is a database of every schema that was released', async () => {
  using place = makeWorkPlace({ gated: false });
  await (await startService(place.configuration(), { log: quietLog })).stop();
  using database = new DatabaseSync(join(place.dataDirectory, 'work-orders.db'), { readOnly: true });
  const now = Number(database.prepare('select max(version) as version from schema_version').get()?.['version']);
  const older = Array.from({ length: now - 1 }, (_, index) => index + 1).filter((schema) => schema !== 7);
  expect(schemas).toEqual(expect.arrayContaining(older));
});

test.each(schemas)('a data folder of schema %i is read, gone on with, and ended', async (schema) => {
  using place = makeWorkPlace({ gated: false });
  mkdirSync(place.dataDirectory);
  {
    using database = new DatabaseSync(join(place.dataDirectory, 'work-orders.db'));
    const written = readFileSync(join(FOLDER, `${schema}.sql`), 'utf8');
    database.exec(written.replaceAll('/the-repository.git', place.repository));
  }
  await using stack = new AsyncDisposableStack();
  const service = await startService(place.configuration(), { log: quietLog });
  stack.defer(() => service.stop());
  const api = apiOf(service.url);
  const listed = (await (await api.get('/agent-work-orders')).json()) as { readonly agent_work_order_id: string }[];
  expect(listed).toHaveLength(3);
  const [cut, pending, done] = listed.map(({ agent_work_order_id }) => agent_work_order_id);

  const { steps, steps_completed } = await api.steps(done!);
  expect(steps.map(({ step, status, output }) => [step, status, output])).toEqual(
    STEP_NAMES.map((step) => [step, 'succeeded', `the output of ${step}`]),
  );
  expect(steps_completed).toBe(7);
  expect(await (await api.get(`/agent-work-orders/${done}/steps/plan/prompt`)).text()).toBe('the prompt of plan');
  expect(await api.workOrder(done!)).toMatchObject({ status: 'completed', outcome: 'branch_pushed' });

  for (const [id, attempts] of [
    [pending!, 7],
    [cut!, 8],
  ] as const) {
    const events = await api.untilEnd(id);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    const { status, error_message, git_branch_name } = await api.workOrder(id);
    expect([status, error_message]).toEqual(['completed', null]);
    expect((await api.steps(id)).steps).toHaveLength(attempts);
    expect(place.git('show', `${git_branch_name}:list.txt`)).toBe('a line\none more line');
  }
});
