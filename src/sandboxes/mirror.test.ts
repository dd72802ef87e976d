import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  NO_FLOOR,
  gitAs,
  makeRemote,
  sandboxesIn,
  temporaryFolder,
  writeFiles,
} from '../../test/suites/git-fixtures.ts';
import { AT, codeOf, everything } from '../../test/suites/sandbox-fixtures.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import { systemClock } from '../process/clock.ts';
import { createCollectedChanges } from './collected.ts';
import { createNoConfinement } from './confinement/none.ts';
import { DiskQuota } from './disk-quota.ts';
import type { DiskLimits } from './disk-room.ts';
import { mirrorName } from './mirror.ts';
import { keptRef, privateRef } from './mirror-upkeep.ts';

const { signal } = new AbortController();
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let remote: Awaited<ReturnType<typeof makeRemote>>;
let data = '';

beforeEach(async () => {
  folder = await temporaryFolder();
  remote = await makeRemote(join(folder.path, 'forge'));
  data = join(folder.path, 'data');
});
afterEach(() => folder[Symbol.asyncDispose]());

const mirrorOf = (url: string) => join(data, 'mirrors', mirrorName(url));
const refsOf = (url: string) => gitAs(mirrorOf(url), 'for-each-ref', '--format=%(refname)').split('\n');
const provider = (disk?: Partial<DiskLimits>) =>
  sandboxesIn(data, createNoConfinement('for a test'), { disk: { ...NO_FLOOR, ...disk } }).find('git_worktree');

async function create(
  workOrderId: WorkOrderId,
  { url = remote.url, disk }: { url?: string; disk?: Partial<DiskLimits> } = {},
) {
  const said: string[] = [];
  const onProgress = (message: string) => void said.push(message);
  const sandbox = await provider(disk).create({
    workOrderId,
    repositoryUrl: url,
    baseBranch: null,
    signal,
    onProgress,
  });
  return { sandbox, fetched: said.some((message) => message.startsWith('Fetching')) };
}

/** A work order from its beginning to its end, with a change that is pushed. */
async function workAndClose(workOrderId: WorkOrderId) {
  const { sandbox } = await create(workOrderId);
  await rm(join(sandbox.directory, 'src/app.ts'));
  await writeFiles(sandbox.directory, { 'src/moved.ts': 'export const answer = 42;\n', 'README.md': '# Other\n' });
  const checkpoint = await sandbox.checkpoint({ name: 'one' });
  const savedAs = await sandbox.commit({ checkpoint, branch: 'b', message: 'm', at: AT });
  const diff = () =>
    createCollectedChanges({ dataDirectory: data }).diff({
      workOrderId,
      from: sandbox.baseCommit,
      to: savedAs,
      maxBytes: 10_000,
    });
  const before = await diff();
  expect(await sandbox.close({ savedAs })).toEqual({ keptAt: null });
  return { sandbox, savedAs, before, diff };
}

describe('a sandbox that is closed', () => {
  test('borrows no more, and shows its changes without the mirror as with it', async () => {
    const { sandbox, before, diff, savedAs } = await workAndClose('wo-one');
    expect(refsOf(remote.url)).toEqual([keptRef('main')]);
    await rm(join(data, 'mirrors'), { recursive: true });
    expect(before?.text).toContain('rename to src/moved.ts');
    expect(await diff()).toEqual(before);
    const changed = await sandbox.changes({ from: sandbox.baseCommit, to: savedAs });
    expect(changed).toEqual({ files_changed: 2, lines_added: 1, lines_removed: 1 });
    gitAs(sandbox.collectedRepository, 'log', '-1', '--stat', 'b');
    expect(await sandbox.close({ savedAs })).toEqual({ keptAt: null });
  });

  test('keeps its part of the mirror while its working copy stays', async () => {
    const { sandbox } = await create('wo-one');
    await writeFiles(sandbox.directory, { 'new.txt': 'x' });
    expect((await sandbox.close({ savedAs: null })).keptAt).toBe(sandbox.directory);
    expect(refsOf(remote.url)).toContain(privateRef('wo-one'));
    gitAs(mirrorOf(remote.url), 'gc', '--quiet', '--prune=now');
    gitAs(sandbox.directory, 'fsck', '--full');
  });

  test('costs the next ones nothing: no ref is left, and nothing is fetched again', async () => {
    for (const id of ['wo-a', 'wo-b', 'wo-c'] as const) await workAndClose(id);
    expect(refsOf(remote.url)).toEqual([keptRef('main')]);
    expect((await create('wo-d')).fetched).toBe(false);
    await remote.commit({ 'later.txt': 'x' });
    expect((await create('wo-e')).fetched).toBe(true);
    expect(refsOf(remote.url)).toEqual([privateRef('wo-d'), privateRef('wo-e'), keptRef('main')]);
  });

  test.each(['there', 'gone'])('can be opened and restored again when the mirror is %s', async (mirror) => {
    const { sandbox } = await create('wo-one');
    const before = await everything(sandbox.directory);
    await sandbox.close({ savedAs: null });
    await remote.commit({ 'later.txt': 'x' });
    if (mirror === 'gone') await rm(join(data, 'mirrors'), { recursive: true });
    const { baseBranch, baseCommit } = sandbox;
    const opened = await provider().open({ workOrderId: 'wo-one', repositoryUrl: remote.url, baseBranch, baseCommit });
    await opened.restore({ checkpoint: baseCommit });
    expect(await everything(sandbox.directory)).toEqual(before);
    expect(refsOf(remote.url)).toContain(privateRef('wo-one'));
    gitAs(sandbox.directory, 'fsck', '--full');
    await opened.checkpoint({ name: 'again' });
  });
});

test("locks that a killed service has left in a mirror stand in nobody's way", async () => {
  const { sandbox } = await create('wo-one');
  const mirror = mirrorOf(remote.url);
  // As tidying up leaves them, after which even to take a ref away needs the lock of them all.
  gitAs(mirror, 'pack-refs', '--all');
  const leave = async () => {
    for (const name of ['packed-refs', privateRef('wo-one'), privateRef('wo-two'), keptRef('main')]) {
      await writeFiles(mirror, { [`${name}.lock`]: '' });
    }
  };
  await leave();
  expect(await sandbox.close({ savedAs: null })).toEqual({ keptAt: null });
  await leave();
  await remote.commit({ 'later.txt': 'x' });
  const second = await create('wo-two');
  await second.sandbox.close({ savedAs: null });
  expect(refsOf(remote.url)).toEqual([keptRef('main')]);
});

describe('tidying a mirror up', () => {
  /** Packs of objects that nothing refers to, as many a fetch leaves them behind. */
  async function addPacks(mirror: string, ageMs: number): Promise<string> {
    let blob = '';
    const packs = join(mirror, 'objects/pack');
    for (let count = 0; count < 21; count += 1) {
      await writeFiles(folder.path, { part: `${count}` });
      blob = gitAs(folder.path, `--git-dir=${mirror}`, 'hash-object', '-w', 'part');
      execFileSync('git', ['-C', mirror, 'pack-objects', '-q', join(packs, 'pack')], { input: `${blob}\n` });
    }
    gitAs(mirror, 'prune-packed');
    const then = new Date(Date.now() - ageMs);
    for (const name of await readdir(packs)) await utimes(join(packs, name), then, then);
    return blob;
  }

  test('waits until nobody borrows from it, and drops what is old and of no use', async () => {
    const first = await create('wo-one');
    const second = await create('wo-two');
    const blob = await addPacks(mirrorOf(remote.url), 2 * 60 * 60 * 1000);
    const packs = () => Number(/^packs: (\d+)$/m.exec(gitAs(mirrorOf(remote.url), 'count-objects', '-v'))?.[1]);
    await first.sandbox.close({ savedAs: null });
    expect(packs()).toBeGreaterThan(20);
    await second.sandbox.close({ savedAs: null });
    expect(packs()).toBe(1);
    expect(() => gitAs(mirrorOf(remote.url), 'cat-file', '-p', blob)).toThrow(/Not a valid object name/);
    expect((await create('wo-three')).fetched).toBe(false);
  });
});

describe('a disk that is nearly full', () => {
  async function manyMirrors() {
    const urls: Record<string, string> = {};
    for (const name of ['used', 'oldest', 'newer']) {
      const { url } = await makeRemote(join(folder.path, name));
      urls[name] = url;
      const { sandbox } = await create(`wo-${name}`, { url });
      if (name !== 'used') await sandbox.close({ savedAs: null });
    }
    const ages = { used: 3000, oldest: 2000, newer: 1000 };
    for (const [name, age] of Object.entries(ages)) {
      const then = new Date(Date.now() - age * 1000);
      await utimes(join(mirrorOf(urls[name] ?? ''), 'used'), then, then);
    }
    return (name: string) => mirrorOf(urls[name] ?? '');
  }

  test('loses the mirror that was not used for the longest time, and none that is in use', async () => {
    const mirror = await manyMirrors();
    const freeBytes = async () => (existsSync(mirror('oldest')) ? 999 : 1000);
    await create('wo-new', { disk: { floorBytes: 1000, freeBytes } });
    const left = ['used', 'oldest', 'newer'].filter((name) => existsSync(mirror(name)));
    expect(left).toEqual(['used', 'newer']);
  });

  test('takes no new sandbox when that is not enough, and says so', async () => {
    const mirror = await manyMirrors();
    const { sandbox } = await create('wo-own');
    await sandbox.close({ savedAs: null });
    const disk = { floorBytes: 2_000_000, freeBytes: async () => 1_000_000 };
    const [code, message] = await codeOf(create('wo-new', { disk }));
    expect(code).toBe('disk_full');
    expect(message).toMatch(/^1\.0 MB are free in .*work-orders, less than diskFloorBytes \(2\.0 MB\)\.$/);
    const left = [mirror('used'), mirror('oldest'), mirror('newer'), mirrorOf(remote.url)].map((path) =>
      existsSync(path),
    );
    expect(left).toEqual([true, false, false, true]);
    expect(await readdir(join(data, 'work-orders'))).not.toContain('wo-new');
    expect(await readdir(join(data, 'mirrors'))).toHaveLength(2);
  });

  test('beyond the quota loses mirrors too, and goes on as soon as what was in the way is gone', async () => {
    const mirror = await manyMirrors();
    const { sandbox } = await create('wo-own');
    await sandbox.close({ savedAs: null });
    await writeFiles(data, { 'work-orders/wo-old/left': Buffer.alloc(3_000_000, 1) });
    const quota = new DiskQuota({
      dataFolderQuotaBytes: 3_000_000,
      dataDirectory: data,
      temporaryDirectory: join(data, 'inside'),
      clock: systemClock,
    });
    const [code, message] = await codeOf(create('wo-new', { disk: { quota } }));
    expect(code).toBe('disk_full');
    expect(message).toMatch(/^The folders of the service take 3\.\d MB, more than dataFolderQuotaBytes \(3\.0 MB\)\.$/);
    expect(['used', 'oldest', 'newer'].map((name) => existsSync(mirror(name)))).toEqual([true, false, false]);
    await rm(join(data, 'work-orders/wo-old'), { recursive: true });
    await create('wo-new', { disk: { quota } });
    expect(quota.latest()?.bytes).toBeLessThan(3_000_000);
  });

  test('what a killed service had begun to remove is removed by the next one', async () => {
    await mkdir(join(data, 'mirrors/.removing-x.git-1-1'), { recursive: true });
    await create('wo-one');
    expect(await readdir(join(data, 'mirrors'))).toEqual([mirrorName(remote.url)]);
  });
});
