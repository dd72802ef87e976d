import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Configuration } from '../../src/contract/configuration.ts';
import { startService } from '../../src/server.ts';
import { apiOf } from '../suites/api.ts';
import { quietLog } from '../suites/quiet-log.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

const EATER = resolve(import.meta.dirname, '../programs/eat-memory.mjs');
const NODE = `'${process.execPath}'`;
const EAT = 'const eaten = []; for (;;) eaten.push(Array.from({ length: 10000 }, Math.random))';

async function ended(configuration: Partial<Configuration>, more: Readonly<Record<string, unknown>> = {}) {
  using place = makeWorkPlace({ gated: false });
  const service = await startService(place.configuration(configuration), { log: quietLog });
  try {
    const api = apiOf(service.url);
    const id = await api.submit({ repository_url: place.repository, user_request: 'Keep a list', ...more });
    await api.untilEnd(id);
    return { workOrder: await api.workOrder(id), steps: (await api.steps(id)).steps };
  } finally {
    await service.stop();
  }
}

test('an agent whose runtime gives up for lack of memory says so in its code', async () => {
  const { workOrder } = await ended({ agentCommand: `${NODE} --max-old-space-size=24 '${EATER}'` });
  expect(workOrder).toMatchObject({ status: 'failed', failed_step: 'classify', error_code: 'agent_out_of_memory' });
  expect(workOrder.error_message).toContain('JavaScript heap out of memory');
});

test('a check that has no memory is a failed check, and the evidence says of what', async () => {
  const checks = [`${NODE} --max-old-space-size=24 -e '${EAT}'`];
  const { workOrder, steps } = await ended({ checkAttempts: 0 }, { checks });
  expect(workOrder).toMatchObject({ status: 'failed', failed_step: 'implement', error_code: 'check_failed' });
  expect(workOrder.error_message).toContain('ran out of memory: it said: FATAL ERROR');
  const check = steps.find(({ step }) => step === 'implement')?.checks[0];
  expect(check?.out_of_memory).toContain('heap out of memory');
});

const LIMITS = ['memory.max', 'memory.limit_in_bytes'];
const group = makeMemoryGroup('80000000');
const why = group === null ? ' (cannot run here: a memory group of its own needs root and control groups)' : '';

test.runIf(group !== null)(`so does one that the kernel has killed for lack of memory${why}`, async () => {
  try {
    // A confined one could not enter it.
    const { workOrder } = await ended({ confinement: 'none', agentCommand: `${NODE} '${EATER}' '${group}'` });
    expect(workOrder).toMatchObject({ status: 'failed', failed_step: 'classify', error_code: 'agent_out_of_memory' });
    expect(workOrder.error_message).toContain('killed by SIGKILL while the kernel ended a process for lack of memory');
  } finally {
    rmdirSync(group ?? '');
  }
});

/** A control group with a limit of memory; null where none can be made. */
function makeMemoryGroup(limit: string): string | null {
  const root = '/sys/fs/cgroup';
  const folder = join(existsSync(`${root}/memory`) ? `${root}/memory` : root, `awo-test-${process.pid}`);
  try {
    mkdirSync(folder);
  } catch {
    return null;
  }
  const file = LIMITS.find((name) => existsSync(join(folder, name)));
  if (file === undefined) {
    rmdirSync(folder);
    return null;
  }
  writeFileSync(join(folder, file), limit);
  return folder;
}
