import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeRemote, sandboxesIn, temporaryFolder, writeFiles } from '../../test/suites/git-fixtures.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import { createCollectedChanges } from './collected.ts';
import { createNoConfinement } from './confinement/none.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let sandbox: Sandbox;
const workOrderId = 'wo-one';

beforeEach(async () => {
  folder = await temporaryFolder();
  const remote = await makeRemote(join(folder.path, 'forge'));
  sandbox = await sandboxesIn(join(folder.path, 'data'), createNoConfinement('for a test'))
    .find('git_worktree')
    .create({
      workOrderId,
      repositoryUrl: remote.url,
      baseBranch: null,
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
});
afterEach(() => folder[Symbol.asyncDispose]());

const changes = () => createCollectedChanges({ dataDirectory: join(folder.path, 'data') });

describe('the diff of a work order', () => {
  test('is there when the sandbox is gone', async () => {
    await writeFiles(sandbox.directory, { 'README.md': '# Sample\nmore\n' });
    const to = await sandbox.checkpoint({ name: 'one' });
    await sandbox.close({ savedAs: to });
    const diff = await changes().diff({ workOrderId, from: sandbox.baseCommit, to, maxBytes: 10_000 });
    expect(diff?.truncated).toBe(false);
    expect(diff?.text).toMatch(/^diff --git a\/README\.md b\/README\.md\n[^]*\n # Sample\n\+more\n$/);
  });

  test('is cut at the number of bytes, never within a character', async () => {
    await writeFiles(sandbox.directory, { 'a.txt': '\u00fc'.repeat(500_000) });
    const to = await sandbox.checkpoint({ name: 'one' });
    for (const maxBytes of [1000, 1001]) {
      const diff = await changes().diff({ workOrderId, from: sandbox.baseCommit, to, maxBytes });
      expect(diff?.truncated).toBe(true);
      expect(diff?.text).not.toContain('\ufffd');
      const bytes = Buffer.byteLength(diff?.text ?? '');
      expect([maxBytes - 1, maxBytes]).toContain(bytes);
    }
  });

  test('leaves white space out when it is asked to', async () => {
    await writeFiles(sandbox.directory, { 'README.md': '#   Sample\n' });
    const to = await sandbox.checkpoint({ name: 'one' });
    const range = { from: sandbox.baseCommit, to, maxBytes: 10_000 };
    expect((await changes().diff({ workOrderId, ...range }))?.text).toContain('+#   Sample');
    expect((await changes().diff({ workOrderId, ...range, ignoreWhiteSpace: true }))?.text).not.toContain('Sample');
  });

  test('is null where nothing was collected', async () => {
    const range = { from: sandbox.baseCommit, to: sandbox.baseCommit, maxBytes: 1000 };
    expect(await changes().diff({ workOrderId, ...range })).toEqual({ text: '', truncated: false });
    expect(await changes().diff({ workOrderId: 'wo-other', ...range })).toBeNull();
    expect(await changes().diff({ workOrderId, ...range, to: 'a'.repeat(40) })).toBeNull();
    expect(await changes().diff({ workOrderId, ...range, to: '--output=x' })).toBeNull();
  });
});
