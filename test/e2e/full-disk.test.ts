import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { HealthSchema } from '../../src/contract/health.ts';
import { STEP_NAMES } from '../../src/domain/workflow.ts';
import { startService } from '../../src/server.ts';
import { apiOf } from '../suites/api.ts';
import { quietLog } from '../suites/quiet-log.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

/** Only root may mount; elsewhere the same is shown with a store that refuses, in test/engine. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const why = canMount ? '' : ' (cannot run here: mounting a small file system needs root)';

describe('a disk that is really full', () => {
  const stack = new AsyncDisposableStack();
  afterEach(() => stack.disposeAsync());

  test.runIf(canMount)(`does not stop the workflow, delays its effects, and loses nothing${why}`, async () => {
    const place = stack.use(makeWorkPlace({ gated: true }));
    mkdirSync(place.dataDirectory);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', place.dataDirectory]);
    stack.defer(() => void execFileSync('umount', [place.dataDirectory]));
    // The working copies lie on another disk, as a user with a small disk for the history would have it.
    const configuration = place.configuration({ temporaryDirectory: join(place.directory, 'sandboxes') });
    const service = await startService(configuration, { log: quietLog });
    stack.defer(() => service.stop());
    const api = apiOf(service.url);
    const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list' });
    await api.until(id, ({ type }) => type === 'attempt_prompted');

    const filler = join(place.dataDirectory, 'filler');
    fill(filler, place.dataDirectory);
    place.open('classify', 'plan', 'implement');
    const health = async () => HealthSchema.parse(await (await api.get('/health')).json());
    for (;;) {
      const { steps } = await api.steps(id);
      if (steps.some(({ step }) => step === 'commit')) break;
    }
    const degraded = await health();
    expect(degraded.status).toBe('degraded');
    expect(degraded.reasons?.join()).toMatch(/full/i);
    const shown = await api.steps(id);
    expect(shown.steps.map(({ step }) => step)).toEqual(STEP_NAMES.slice(0, 6));
    expect(shown.steps.at(-1)?.durable).toBe(false);
    expect(shown.in_progress?.step).toBe('create_pr');
    // Neither pushed nor ended while the history cannot be saved; and the stream has shown nothing that is not.
    expect(place.branches()).toEqual(['main']);
    expect((await api.workOrder(id)).status).toBe('running');
    const saved = await api.savedEvents(id);
    expect(saved.filter(({ type }) => type === 'attempt_finished').length).toBeLessThan(shown.steps.length);

    rmSync(filler);
    const events = await api.untilEnd(id);
    expect(events.at(-1)).toMatchObject({ type: 'work_order_completed', data: { outcome: 'branch_pushed' } });
    const { steps } = await api.steps(id);
    expect(steps.map(({ step, durable }) => [step, durable])).toEqual(STEP_NAMES.map((step) => [step, true]));
    expect(place.branches()).toHaveLength(2);
    expect((await health()).status).toBe('healthy');
  });
});

function fill(file: string, directory: string): void {
  const { bavail, bsize } = statfsSync(directory);
  writeFileSync(file, Buffer.alloc(bavail * bsize));
}
