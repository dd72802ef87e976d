import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Configuration } from '../../src/contract/configuration.ts';
import { HealthSchema } from '../../src/contract/health.ts';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import type { RunningService } from '../../src/server.ts';
import { startService } from '../../src/server.ts';
import { apiOf } from '../suites/api.ts';
import { ManualClock } from '../suites/manual-clock.ts';
import { quietLog } from '../suites/quiet-log.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

let stack: AsyncDisposableStack;
let place: WorkPlace;
let clock: ManualClock;
let service: RunningService;

beforeEach(() => {
  stack = new AsyncDisposableStack();
  place = stack.use(makeWorkPlace({ gated: true }));
  clock = new ManualClock();
  stack.defer(() => service.stop());
});
afterEach(() => stack.disposeAsync());

const start = async (configuration: Partial<Configuration>) =>
  void (service = await startService(place.configuration(configuration), { clock, log: quietLog }));
const submit = () => apiOf(service.url).submit({ repository_url: place.repository, user_request: 'Keep a list' });
const health = async () => HealthSchema.parse(await (await apiOf(service.url).get('/health')).json());
const isWaiting = ({ type }: WorkOrderEvent) => type === 'work_order_waiting';

test('beyond the quota new work waits, is told everywhere, and goes on by itself when there is room', async () => {
  const filler = join(place.dataDirectory, 'filler');
  mkdirSync(place.dataDirectory);
  writeFileSync(filler, Buffer.alloc(20_000_000, 1));
  await start({ dataFolderQuotaBytes: 10_000_000 });
  const id = await submit();
  await apiOf(service.url).until(id, isWaiting);
  const waiting = await apiOf(service.url).workOrder(id);
  expect(waiting).toMatchObject({ status: 'waiting', waiting_reason: 'disk', sandbox_identifier: null });
  expect(waiting.waiting_detail).toContain('more than dataFolderQuotaBytes (10.0 MB)');
  const { status, reasons, disk } = await health();
  expect([status, reasons?.join()]).toEqual(['degraded', expect.stringContaining('new work waits')]);
  expect(disk).toMatchObject({ quota_bytes: 10_000_000, measured_at: expect.any(String) });
  expect(disk?.used_bytes).toBeGreaterThan(20_000_000);

  rmSync(filler);
  place.open('classify', 'plan', 'implement');
  clock.advanceTo(waiting.waiting_until ?? '');
  await apiOf(service.url).untilEnd(id);
  expect(await apiOf(service.url).workOrder(id)).toMatchObject({ status: 'completed', outcome: 'branch_pushed' });
  expect((await health()).reasons?.join()).not.toContain('new work waits');
});

test('without a quota nothing is measured', async () => {
  await start({});
  expect((await health()).disk).toEqual({ quota_bytes: null, used_bytes: null, measured_at: null });
});

/** Only root may mount. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const why = canMount ? '' : ' (cannot run here: mounting a small file system needs root)';

test.runIf(canMount)(`a disk that is full when work is taken up again is waited for${why}`, async () => {
  const temporaryDirectory = join(place.directory, 'small-disk');
  mkdirSync(temporaryDirectory);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', temporaryDirectory]);
  stack.defer(() => void execFileSync('umount', [temporaryDirectory]));
  // Before it goes.
  stack.defer(() => service.stop());
  const configuration = { temporaryDirectory, diskFloorBytes: 0 };
  await start(configuration);
  const id = await submit();
  place.open('classify');
  await apiOf(service.url).until(id, ({ type, data }) => type === 'attempt_prompted' && data.step === 'plan');
  await service.stop();

  // As after a restore that was killed: there is no working copy, and no room for one.
  rmSync(join(temporaryDirectory, 'work-orders', id, 'tree'), { recursive: true });
  const filler = join(temporaryDirectory, 'filler');
  const { bavail, bsize } = statfsSync(temporaryDirectory);
  writeFileSync(filler, Buffer.alloc(bavail * bsize));
  await start(configuration);
  await apiOf(service.url).until(id, isWaiting);
  const waiting = await apiOf(service.url).workOrder(id);
  expect(waiting).toMatchObject({ status: 'waiting', waiting_reason: 'disk', error_code: null });
  expect(waiting.waiting_detail).toContain('No space left on device');

  // Once more, and nothing is lost by it.
  clock.advanceTo(waiting.waiting_until ?? '');
  const waits = await apiOf(service.url).until(
    id,
    ({ type, seq }) => type === 'work_order_waiting' && seq > waiting.last_seq,
  );
  expect(waits.filter(isWaiting)).toHaveLength(2);

  rmSync(filler);
  place.open('plan', 'implement');
  clock.advance(3_600_000);
  await apiOf(service.url).untilEnd(id);
  expect(await apiOf(service.url).workOrder(id)).toMatchObject({ status: 'completed', outcome: 'branch_pushed' });
  const { steps } = await apiOf(service.url).steps(id);
  expect(steps.filter(({ step }) => step === 'plan').map(({ status }) => status)).toEqual(['interrupted', 'succeeded']);
});
