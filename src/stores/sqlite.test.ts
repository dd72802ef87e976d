import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { FULL_LIFE, aDelivery, aNote, aSavedWorkOrder, aWorkOrder } from '../../test/suites/histories.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import type { Store } from '../ports/store.ts';
import { openSqliteStore } from './sqlite.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'awo-sqlite-'));
  file = join(folder, 'store.db');
});
afterEach(() => rm(folder, { recursive: true }));

/** Closed at the end of the test if not before. */
async function open(readOnly = false, path = file): Promise<Store> {
  const store = await openSqliteStore({ file: path, readOnly });
  onTestFinished(() => store[Symbol.asyncDispose]());
  return store;
}

async function errorOf(promise: Promise<unknown>): Promise<WorkOrderError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof WorkOrderError) return error;
    throw error;
  }
  throw new Error('it should have been refused');
}

describe('the file', () => {
  test('is for its owner alone, with its write-ahead log, and leaves nothing half made', async () => {
    const store = await open();
    await aSavedWorkOrder(store);
    for (const name of await readdir(folder)) {
      expect([name, (await stat(join(folder, name))).mode & 0o777]).toEqual([name, 0o600]);
    }
    await store[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual(['store.db']);
  });

  test('that a cut-off beginning left is begun again', async () => {
    await writeFile(`${file}.new`, 'half');
    expect(await (await open()).problem()).toBeNull();
  });

  test('of a newer version is refused and left as it is', async () => {
    await (await open())[Symbol.asyncDispose]();
    const database = new DatabaseSync(file);
    database.exec("insert into schema_version values (99, '2030-01-01T00:00:00.000Z')");
    database.close();
    const before = await readFile(file);
    for (const readOnly of [false, true]) {
      const error = await errorOf(open(readOnly));
      expect(error).toMatchObject({ code: 'store_too_new', message: expect.stringMatching(/schema 99.*up to \d+/) });
    }
    expect((await readFile(file)).equals(before)).toBe(true);
  });

  const damages: Readonly<Record<string, (path: string) => Promise<void>>> = {
    'that is no database': (path) => writeFile(path, 'Dear diary,\n'.repeat(1_000)),
    'that is empty': (path) => writeFile(path, ''),
    'that was cut in the middle': (path) => truncate(path, 8_192),
    'whose first page was overwritten': async (path) => {
      const bytes = await readFile(path);
      await writeFile(path, bytes.fill(0x5a, 0, 4_096));
    },
    'of another program': async (path) => {
      await rm(path);
      const other = new DatabaseSync(path);
      other.exec('create table song (name text)');
      other.close();
    },
  };
  test.each(Object.entries(damages))('%s is refused as damaged, not begun anew', async (_name, damage) => {
    const store = await open();
    await aSavedWorkOrder(store);
    await store[Symbol.asyncDispose]();
    await damage(file);
    const before = await readFile(file);
    for (const readOnly of [false, true]) {
      const error = await errorOf(open(readOnly));
      expect(error.code).toBe('store_damaged');
      expect(error.message).toContain('cannot be read');
    }
    expect((await readFile(file)).equals(before)).toBe(true);
  });

  test('that is gone beside its write-ahead log is refused as damaged', async () => {
    await writeFile(`${file}-wal`, 'what was not yet in the file');
    expect((await errorOf(open())).code).toBe('store_damaged');
  });

  test('in a folder that is not there is unavailable, and says why', async () => {
    const error = await errorOf(open(false, join(folder, 'missing', 'store.db')));
    expect(error).toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('ENOENT') });
  });

  test('that is removed while it is open takes no more writes, and is not begun anew', async () => {
    const store = await open();
    const saved = await aSavedWorkOrder(store);
    await rm(file);
    const { workOrderId } = saved;
    const append = () => store.append({ workOrderId, expectedSeq: 1, epoch: null, events: [aNote('lost?')] });
    const error = await errorOf(append());
    expect(error.code).toBe('store_unavailable');
    expect(error.message).toContain('removed or replaced');
    expect((await errorOf(append())).code).toBe('store_unavailable');
    expect(await readdir(folder)).not.toContain('store.db');
  });
});

describe('reading only', () => {
  test('needs a database, makes none and writes nothing', async () => {
    const error = await errorOf(open(true));
    expect(error).toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('no history yet') });
    expect(await readdir(folder)).toEqual([]);
    await (await open())[Symbol.asyncDispose]();
    const reader = await open(true);
    const { workOrderId, events } = aWorkOrder();
    expect((await errorOf(reader.create({ workOrderId, event: events[0]!, idempotency: null }))).code).toBe(
      'read_only',
    );
    expect((await errorOf(reader.claim({ workOrderId, owner: 'a', at: '' }))).code).toBe('read_only');
    expect((await errorOf(reader.appendLog({ workOrderId, entries: [] }))).code).toBe('read_only');
  });

  test('follows what another connection writes', async () => {
    const writer = await open();
    const reader = await open(true);
    const saved = await aSavedWorkOrder(writer);
    for (const command of FULL_LIFE) {
      await saved.give(command);
      expect(await reader.workOrder(saved)).toEqual(saved.workOrder);
    }
    await writer[Symbol.asyncDispose]();
    expect(await reader.workOrder(saved)).toEqual(saved.workOrder);
    expect(await reader.problem()).toBeNull();
  });
});

describe('another process that writes', () => {
  /** A real process that holds the lock for writing until it is told to let go. */
  async function aRival(): Promise<{ readonly letGo: () => Promise<void> }> {
    const program = `
      import { DatabaseSync } from 'node:sqlite';
      const database = new DatabaseSync(process.argv[1]);
      database.exec('begin immediate');
      console.log('held');
      process.stdin.once('data', () => { database.exec('rollback'); database.close(); console.log('free'); process.exit(); });
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, file], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const lines = createInterface({ input: child.stdout });
    await once(lines, 'line');
    return {
      async letGo() {
        const free = once(lines, 'line');
        child.stdin.write('go\n');
        await free;
      },
    };
  }

  test('is waited for without holding up reads or the process', async () => {
    const store = await open();
    const saved = await aSavedWorkOrder(store);
    const rival = await aRival();
    let longestTurnMs = 0;
    let lastTurn = performance.now();
    const ticker = setInterval(() => {
      longestTurnMs = Math.max(longestTurnMs, performance.now() - lastTurn);
      lastTurn = performance.now();
    }, 1);
    const written = saved.give({ type: 'start' });
    for (let read = 0; read < 500; read += 1) await store.workOrder(saved);
    await rival.letGo();
    expect(await written).toMatchObject([{ seq: 2 }]);
    clearInterval(ticker);
    expect(longestTurnMs).toBeLessThan(250);
  });

  test('for too long makes the store unavailable for writes; what was refused has not happened', async () => {
    const store = await open();
    const saved = await aSavedWorkOrder(store);
    const rival = await aRival();
    const append = (message: string) =>
      store.append({ workOrderId: saved.workOrderId, expectedSeq: 1, epoch: null, events: [aNote(message)] });
    const error = await errorOf(append('refused'));
    expect(error).toMatchObject({
      code: 'store_unavailable',
      message: 'The history cannot be written: another process holds the database.',
      cause: { errcode: 5 },
    });
    expect(await store.problem()).toBeNull();
    await rival.letGo();
    await append('accepted');
    expect(await store.allEvents({ after: 1, limit: 9 })).toMatchObject([{ seq: 2, data: { message: 'accepted' } }]);
  });
});

test('a writer in another process is read in whole prefixes, and when it is killed nothing that was answered is lost', async () => {
  const program = `
    import { openSqliteStore } from ${JSON.stringify(import.meta.resolve('./sqlite.ts'))};
    import { aSavedWorkOrder } from ${JSON.stringify(import.meta.resolve('../../test/suites/histories.ts'))};
    const store = await openSqliteStore({ file: process.argv[1], readOnly: false });
    const saved = await aSavedWorkOrder(store);
    await saved.give({ type: 'start' });
    for (;;) {
      await saved.runStep('classify', { status: 'failed' });
      console.log(saved.workOrderId.slice(3), saved.events.length);
    }
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const ended = once(child, 'close');
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await once(reader, 'line');
  const [id] = (lines[0] ?? '').split(' ');
  const workOrderId: WorkOrderId = `wo-${id}`;
  const store = await open();
  while (lines.length < 100) {
    const found = await store.stepHistory({ workOrderId });
    const running = found?.workOrder.in_progress ? 1 : 0;
    expect(found?.attempts.length).toBe((found?.workOrder.steps[0]?.attempts ?? 0) - running);
  }
  child.kill('SIGKILL');
  await ended;
  const [, lastSeq] = (lines.at(-1) ?? '').split(' ');
  const events = await store.events({ workOrderId, after: 0, limit: 100_000 });
  expect(events.length).toBeGreaterThanOrEqual(Number(lastSeq));
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(await store.workOrder({ workOrderId })).toMatchObject({ last_seq: events.length });
  expect(
    await store.append({ workOrderId, expectedSeq: events.length, epoch: null, events: [aNote('on')] }),
  ).toHaveLength(1);
});

test('fifty writes at once share a few transactions', async () => {
  const store = await open();
  const saved = await Promise.all(Array.from({ length: 50 }, () => aSavedWorkOrder(store)));
  const run = vi.spyOn(StatementSync.prototype, 'run');
  onTestFinished(() => run.mockRestore());
  await Promise.all(saved.map((each) => each.give({ type: 'start' })));
  const commits = run.mock.contexts.filter(
    (statement) => statement instanceof StatementSync && statement.sourceSQL === 'commit',
  );
  expect(commits.length).toBeLessThanOrEqual(2);
});

test('no query looks through a whole table', async () => {
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
  onTestFinished(() => prepare.mockRestore());
  const store = await open();
  prepare.mockClear();
  const saved = await aSavedWorkOrder(store);
  const { workOrderId } = saved;
  const { repository_url: repositoryUrl } = saved.workOrder;
  for (const command of FULL_LIFE) await saved.give(command);
  const again = aWorkOrder();
  await store.create({
    workOrderId: again.workOrderId,
    event: again.events[0]!,
    idempotency: { key: 'k', requestHash: 'h' },
  });
  await store.claim({ workOrderId, owner: 'a', at: '' });
  await store.claimable({ statuses: ['pending', 'running'], after: workOrderId, limit: 5 });
  for (const cursor of [null, '7']) {
    for (const filter of [
      {},
      { statuses: ['failed', 'waiting'] },
      { repositoryUrl },
      { statuses: ['failed'], repositoryUrl, text: 'x' },
    ] as const) {
      await store.workOrders({ ...filter, limit: 5, cursor });
    }
  }
  await store.stepHistory({ workOrderId });
  await store.events({ workOrderId, after: 0, limit: 5 });
  await store.allEvents({ after: 0, limit: 5 });
  await store.lastPosition();
  const entry = {
    timestamp: '',
    level: 'info',
    event: 'text',
    step: null,
    attempt: null,
    message: '',
    data: null,
  } as const;
  await store.appendLog({ workOrderId, entries: [entry] });
  for (const step of [{}, { step: 'plan' }] as const) {
    for (const level of [{}, { level: 'info' }, { level: 'warn' }, { level: 'error' }] as const) {
      for (const more of [{}, { since: '2026' }, { events: ['text', 'thinking'] }, { text: 'word' }]) {
        const filter = { ...step, ...level, ...more };
        await store.log({ workOrderId, after: 0, limit: 5, maxBytes: 100, filter });
        await store.logPage({ workOrderId, offset: 1, limit: 5, filter });
      }
    }
  }
  await store.prompt({ workOrderId, step: 'plan', attempt: 1 });
  await store.plan({ workOrderId, version: null });
  for (const wish of ['labelled', 'unlabelled'] as const) {
    await store.keepDelivery({ delivery: aDelivery({ delivery_id: wish, body_hash: wish, wish, names_label: false }) });
  }
  await store.changeDelivery({ deliveryId: 'labelled', change: { settled: true } });
  await store.openDeliveries({ after: 0, limit: 5 });
  await store.problem();
  const statements = new Set(prepare.mock.calls.map(([sql]) => sql).filter((sql) => !/^(?:begin|commit)/.test(sql)));
  prepare.mockRestore();
  const database = new DatabaseSync(file, { readOnly: true });
  onTestFinished(() => database.close());
  const plans = [...statements].map((sql) => {
    const parameters = Array.from({ length: sql.split('?').length - 1 }, () => 1);
    const lines = database.prepare(`explain query plan ${sql}`).all(...parameters);
    return { sql, plan: lines.map(({ detail }) => String(detail)).join('; ') };
  });
  expect(plans.length).toBeGreaterThan(40);
  expect(plans.filter(({ plan }) => plan.includes('SCAN'))).toEqual([]);
  // A sort would read all that fits before the first row; the attempts of one work order are few.
  const sorted = plans.filter(({ plan, sql }) => plan.includes('TEMP B-TREE') && !sql.includes('"attempts"'));
  expect(sorted).toEqual([]);
  const ofWarnings = plans.filter(({ sql }) => sql.includes('"severity" >= 2') && !sql.includes('"step" ='));
  expect(ofWarnings.length).toBeGreaterThan(3);
  expect(ofWarnings.filter(({ plan }) => !plan.includes('log_entries_warnings'))).toEqual([]);
  const ofSteps = plans.filter(({ sql }) => /from "log_entries".*"step" =/.test(sql));
  expect(ofSteps.length).toBeGreaterThan(3);
  expect(ofSteps.filter(({ plan }) => !/log_entries_(?:by_step|warnings)/.test(plan))).toEqual([]);
});

test('a full disk refuses writes, keeps every read, and takes the same write once there is room', async (context) => {
  const mountPoint = await mkdtemp(join(tmpdir(), 'awo-small-'));
  onTestFinished(() => rm(mountPoint, { recursive: true }));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1536k', 'tmpfs', mountPoint], { encoding: 'utf8' });
  context.skip(mounted.status !== 0, `no small file system can be mounted here: ${mounted.stderr || mounted.error}`);
  onTestFinished(() => void spawnSync('umount', [mountPoint]));
  const store = await openSqliteStore({ file: join(mountPoint, 'store.db'), readOnly: false });
  const saved = await aSavedWorkOrder(store);
  const { workOrderId } = saved;
  const write = (seq: number) =>
    store.append({ workOrderId, expectedSeq: seq, epoch: null, events: [aNote(`${seq} `.repeat(2_000))] });
  const ballast = join(mountPoint, 'ballast');
  await writeFile(ballast, Buffer.alloc(400 * 1_024));
  let seq = 1;
  let refusal: WorkOrderError | null = null;
  while (!refusal) {
    try {
      await write(seq);
      seq += 1;
    } catch (error) {
      expect(error).toBeInstanceOf(WorkOrderError);
      if (error instanceof WorkOrderError) refusal = error;
    }
  }
  expect(refusal).toMatchObject({
    code: 'store_unavailable',
    message: 'The history cannot be written: the disk is full.',
    cause: { errcode: 13 },
  });
  // Many are refused in the same way, together too, and each leaves the connection as it was.
  const more = await Promise.allSettled([write(seq), aSavedWorkOrder(store), write(seq)]);
  expect(more.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(await store.workOrder({ workOrderId })).toMatchObject({ last_seq: seq });
  expect(await store.problem()).toBeNull();
  await rm(ballast);
  await write(seq);
  const expected = Array.from({ length: seq + 1 }, (_, index) => index + 1);
  const seqs = async (of: Store) => (await of.allEvents({ after: 0, limit: 10_000 })).map((event) => event.seq);
  expect(await seqs(store)).toEqual(expected);
  await store[Symbol.asyncDispose]();
  const again = await openSqliteStore({ file: join(mountPoint, 'store.db'), readOnly: false });
  expect(await seqs(again)).toEqual(expected);
  await again[Symbol.asyncDispose]();
});
