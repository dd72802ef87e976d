import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeRemote, NO_CREDENTIALS, SILENT_LOG, temporaryFolder, writeFiles } from '../../test/suites/git-fixtures.ts';
import { runProcessTree } from '../process/spawn.ts';
import { createNoConfinement } from './confinement/none.ts';
import { createSandboxes } from './registry.ts';

test('a sandbox in which processes of an earlier service survive is neither opened, made again nor closed', async () => {
  await using folder = await temporaryFolder();
  const remote = await makeRemote(join(folder.path, 'forge'));
  const survivors: string[] = [];
  const asked: string[] = [];
  const sandboxes = createSandboxes({
    dataDirectory: join(folder.path, 'data'),
    credentials: NO_CREDENTIALS,
    confinement: createNoConfinement('for a test'),
    log: SILENT_LOG,
    runProcessTree,
    reapRecorded: async ({ recordsDirectory }) => {
      asked.push(recordsDirectory);
      return { reaped: 0, survivors };
    },
  });
  const provider = sandboxes.find('git_worktree');
  const order = { workOrderId: 'wo-one', repositoryUrl: remote.url } as const;
  const making = { ...order, baseBranch: null, signal: new AbortController().signal, onProgress: () => undefined };
  const sandbox = await provider.create(making);
  await writeFiles(sandbox.directory, { 'new.txt': 'x' });
  survivors.push('4711 sleep');
  const refused = { code: 'processes_survived', message: expect.stringContaining('4711 sleep') };
  const { baseBranch, baseCommit } = sandbox;
  await expect(provider.open({ ...order, baseBranch, baseCommit })).rejects.toMatchObject(refused);
  await expect(provider.create(making)).rejects.toMatchObject(refused);
  await expect(sandbox.close({ savedAs: null })).rejects.toMatchObject(refused);
  expect(await readdir(sandbox.directory)).toContain('new.txt');
  const records = join(folder.path, 'data', 'work-orders', 'wo-one', 'processes');
  expect(asked).toEqual([records, records, records, records]);
});

test('there is a provider for each type', () => {
  const sandboxes = createSandboxes({
    dataDirectory: 'unused',
    credentials: NO_CREDENTIALS,
    confinement: createNoConfinement('for a test'),
    log: SILENT_LOG,
    runProcessTree,
    reapRecorded: async () => ({ reaped: 0, survivors: [] }),
  });
  expect(sandboxes.providers.map(({ type }) => type)).toEqual(['git_worktree', 'git_branch']);
  for (const { type } of sandboxes.providers) expect(sandboxes.find(type).type).toBe(type);
});
