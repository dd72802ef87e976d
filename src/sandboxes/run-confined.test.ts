import { expect, test } from 'vitest';
import { SILENT_LOG } from '../../test/suites/git-fixtures.ts';
import type { ProcessEnd, ProcessSpec } from '../ports/process.ts';
import type { AgentCommand } from './confinement/confinement.ts';
import { createNoConfinement } from './confinement/none.ts';
import { foldersIn } from './folders.ts';
import { runConfined } from './run-confined.ts';

const END: ProcessEnd = {
  reason: 'exited',
  exitCode: 0,
  signal: null,
  durationMs: 1,
  stderrTail: '',
  survivors: [],
  error: null,
};
const folders = foldersIn('/data/work-orders/wo-1');

/** Runs a program that does nothing under a confinement of the test's own; `happened` is what was done in which order. */
async function run(agent: (command: AgentCommand) => void, spec: Partial<ProcessSpec> = {}) {
  const happened: unknown[] = [];
  const end = await runConfined(
    {
      folders,
      confinement: {
        ...createNoConfinement(''),
        async agent(command) {
          agent(command);
          return {
            command: { file: '/wrapper', args: ['--', command.file], infoFd: null },
            [Symbol.asyncDispose]: async () => void happened.push('released'),
          };
        },
      },
      processes: {
        runProcessTree: async (_, { cwd, command, recordsDirectory }) => {
          happened.push([cwd, command.file, recordsDirectory]);
          return END;
        },
        reapRecorded: () => Promise.reject(new Error('not asked for')),
      },
      log: { ...SILENT_LOG, warn: (event, data) => void happened.push([event, data]) },
    },
    {
      spec: {
        file: '/agent',
        args: [],
        env: {},
        stdin: null,
        limits: { firstActivityMs: null, idleMs: null, totalMs: null },
        signal: new AbortController().signal,
        onLine: () => undefined,
        ...spec,
      },
      workOrderId: 'wo-1',
      borrowedFrom: ['/data/mirrors/one'],
      stateDirectory: '/data/work-orders/wo-1/agents/demo',
    },
  );
  return { end, happened };
}

test('a program gets its folders and what it needs, and its confinement is released after it', async () => {
  let given: AgentCommand | null = null;
  const needs = { readable: ['/parts'], hosts: ['api.example.com'] };
  const { end, happened } = await run((command) => (given = command), { needs });
  expect(given).toMatchObject({
    directory: folders.tree,
    readable: ['/data/mirrors/one', '/parts'],
    writable: [folders.tree, folders.home, folders.temporary, '/data/work-orders/wo-1/agents/demo'],
    hosts: ['api.example.com'],
  });
  expect(end).toBe(END);
  expect(happened).toEqual([[folders.tree, '/wrapper', folders.processes], 'released']);
});

test('what it is kept from is told to the adapter and to the log of the service', async () => {
  const told: string[] = [];
  const refuse = ({ onNetworkRefused }: AgentCommand) => onNetworkRefused('api.example.com:443');
  const { happened } = await run(refuse, { onNetworkRefused: (target) => told.push(target) });
  expect(told).toEqual(['api.example.com:443']);
  expect(happened[0]).toEqual(['network_refused', { agent_work_order_id: 'wo-1', target: 'api.example.com:443' }]);
});

test('what cannot be confined is not started', async () => {
  const { end, happened } = await run(() => {
    throw new Error('no socket');
  });
  expect(end).toMatchObject({ reason: 'not_started', error: 'it cannot be confined: no socket' });
  expect(happened).toEqual([]);
});
