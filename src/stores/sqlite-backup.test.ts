import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aWorkOrder } from '../../test/suites/histories.ts';
import { hasCode } from '../domain/errors.ts';
import type { Store } from '../ports/store.ts';
import { backUpSqlite, restoreSqlite } from './sqlite-backup.ts';
import { openSqliteStore } from './sqlite.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'awo-backup-'));
  file = join(folder, 'work-orders.db');
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => openSqliteStore({ file, readOnly: false });
const inFolder = (name: string) => join(folder, name);

async function add(store: Store) {
  const { workOrderId, events } = aWorkOrder();
  await store.create({ workOrderId, event: events[0]!, idempotency: null });
  return workOrderId;
}
const idsOf = async (store: Store) =>
  (await store.workOrders({ limit: 10, cursor: null })).workOrders.map((each) => each.agent_work_order_id);
const codeOf = async (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => (hasCode(error, 'backup_refused') ? 'backup_refused' : String(error)),
  );

test('a backup that is made while the history is open holds what was acknowledged, and can be put back', async () => {
  await using store = await open();
  const [first, second] = [await add(store), await add(store)];
  const backup = inFolder('backup.db');
  expect(await backUpSqlite({ file, to: backup })).toMatchObject({ workOrders: 2, events: 2 });
  expect((await stat(backup)).mode & 0o777).toBe(0o600);
  const third = await add(store);
  await store[Symbol.asyncDispose]();

  const { keptAt } = await restoreSqlite({ file, from: backup, keepAs: inFolder('old.db') });
  await using restored = await open();
  expect(await idsOf(restored)).toEqual([second, first]);
  await using old = await openSqliteStore({ file: keptAt!, readOnly: true });
  expect(await idsOf(old)).toEqual([third, second, first]);
});

test('a backup never takes the place of a file, and leaves nothing where it cannot be made', async () => {
  await using store = await open();
  await add(store);
  await writeFile(inFolder('there'), 'mine');
  expect(await codeOf(backUpSqlite({ file, to: inFolder('there') }))).toBe('backup_refused');
  expect(await readFile(inFolder('there'), 'utf8')).toBe('mine');
  expect(await codeOf(backUpSqlite({ file, to: inFolder('nowhere/backup.db') }))).toBe('backup_refused');
  expect(await codeOf(backUpSqlite({ file: inFolder('none.db'), to: inFolder('b.db') }))).toContain('no history yet');
  expect((await readdir(folder)).filter((name) => name.includes('unfinished'))).toEqual([]);
});

test('what is no backup, or a damaged one, changes nothing', async () => {
  await using store = await open();
  const id = await add(store);
  await backUpSqlite({ file, to: inFolder('backup.db') });
  await store[Symbol.asyncDispose]();
  const bytes = await readFile(inFolder('backup.db'));
  bytes.fill(0x5a, 4_096, 40_960);
  await writeFile(inFolder('damaged.db'), bytes);
  await writeFile(inFolder('text.db'), 'hello');
  for (const name of ['damaged.db', 'text.db', 'absent.db']) {
    const restoring = restoreSqlite({ file, from: inFolder(name), keepAs: inFolder('old.db') });
    expect([name, await codeOf(restoring)]).toEqual([name, 'backup_refused']);
  }
  await using same = await open();
  expect(await idsOf(same)).toEqual([id]);
  expect(await readdir(folder)).not.toContain('old.db');
});

test('a damaged history is replaced by its backup, and kept', async () => {
  const store = await open();
  const id = await add(store);
  await backUpSqlite({ file, to: inFolder('backup.db') });
  await store[Symbol.asyncDispose]();
  await writeFile(file, 'not a database at all');
  await expect(open()).rejects.toMatchObject({ code: 'store_damaged' });
  await restoreSqlite({ file, from: inFolder('backup.db'), keepAs: inFolder('old.db') });
  await using restored = await open();
  expect(await idsOf(restored)).toEqual([id]);
  expect(await readFile(inFolder('old.db'), 'utf8')).toBe('not a database at all');
});
