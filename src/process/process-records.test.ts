import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findWays, livingWith, newSeconds, program } from '../../test/programs/run.ts';
import { readBootId, readProcess } from './process-table.ts';
import { reapRecorded, writeRecord } from './process-records.ts';
import type { ProcessRecord } from './process-records.ts';

const ways = await findWays();
let folder = '';
let token = '';
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'awo-records-'));
  token = newSeconds();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const pid of ways.usable.length > 0 ? livingWith(token) : []) process.kill(pid, 'SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function bystander(): Promise<number> {
  const child = spawn('sleep', [token], { detached: true, stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  return child.pid ?? 0;
}

async function recordOf(pid: number, change: Partial<ProcessRecord> = {}): Promise<string> {
  const row = await readProcess(pid);
  return await writeRecord(folder, {
    pid,
    start_time: row?.startedAt ?? 0,
    marker: '0123456789abcdef0123456789abcdef',
    owner: 'wo-1',
    boot_id: await readBootId(),
    ...change,
  });
}

test.for(ways.missing)('not everything is tried here: %s', (reason, { skip }) => {
  expect(reason).not.toBe('');
  skip(reason);
});

describe.skipIf(ways.usable.length === 0)('the records of processes', () => {
  test.each(ways.usable)('end everything after kill -9 of the service in confinement $name', async ({ name }) => {
    const hostile = ['same-group', 'ignores-term', 'own-session', 'double-fork', 'own-session-cleared'];
    const args = [program('service-that-dies.ts'), folder, name, process.execPath, program('scatter.mjs'), token];
    const service = spawn(process.execPath, [...args, ...hostile], { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(service);
    for await (const line of createInterface({ input: service.stdout })) if (line === 'ready') break;
    expect(await readdir(folder)).toHaveLength(1);
    service.kill('SIGKILL');
    await once(service, 'exit');
    // The kernel does it by itself there; the records are for the rest.
    if (name !== 'none') await expect.poll(() => livingWith(token)).toEqual([]);
    const { reaped, survivors } = await reapRecorded({ recordsDirectory: folder });
    expect(survivors).toEqual([]);
    if (name === 'none') expect(reaped).toBeGreaterThanOrEqual(6);
    expect(livingWith(token)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('a program whose service died before it was let go does not begin', async () => {
    // The gate by itself: its descriptor 3 is closed without a word.
    const touched = join(folder, 'touched');
    const script = (await readFile(join(import.meta.dirname, 'gate.ts'), 'utf8')).match(/GATE_SCRIPT = '(.*)';/)?.[1];
    const gate = spawn('/bin/sh', ['-c', script ?? '', 'gate', 'touch', touched], {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    });
    gate.stdio[3]?.destroy();
    expect(await once(gate, 'exit')).toEqual([125, null]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('a process that matches is ended, and its record goes', async () => {
    const pid = await bystander();
    await recordOf(pid);
    expect(await reapRecorded({ recordsDirectory: folder })).toEqual({ reaped: 1, survivors: [] });
    expect((await readProcess(pid))?.alive ?? false).toBe(false);
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ['that started at another time', { start_time: 5 }],
    ['of another boot of the machine', { boot_id: 'another' }],
  ])('a process %s is left alone, and the record goes', async (_, change) => {
    const pid = await bystander();
    await recordOf(pid, change);
    expect(await reapRecorded({ recordsDirectory: folder })).toEqual({ reaped: 0, survivors: [] });
    expect(await readProcess(pid)).toMatchObject({ alive: true });
    expect(await readdir(folder)).toEqual([]);
  });

  test('a group whose leader is gone is left alone when none of it carries the marker, and ended when one does', async () => {
    const leader = spawn('sh', ['-c', 'sleep "$1" >/dev/null & echo started', 'sh', token], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'] ?? '', AWO_PROCESS_MARKER: 'fedcba9876543210fedcba9876543210' },
    });
    const pid = leader.pid ?? 0;
    const start_time = (await readProcess(pid))?.startedAt ?? 0;
    await once(leader, 'exit');
    await recordOf(pid, { start_time });
    expect(await reapRecorded({ recordsDirectory: folder })).toEqual({ reaped: 0, survivors: [] });
    expect(livingWith(token)).toHaveLength(1);
    await recordOf(pid, { start_time, marker: 'fedcba9876543210fedcba9876543210' });
    expect(await reapRecorded({ recordsDirectory: folder })).toEqual({ reaped: 1, survivors: [] });
    expect(livingWith(token)).toEqual([]);
  });

  test('only the records of the owner that is named are looked at', async () => {
    const pid = await bystander();
    await recordOf(pid);
    expect(await reapRecorded({ recordsDirectory: folder, owner: 'wo-2' })).toEqual({ reaped: 0, survivors: [] });
    expect(await readProcess(pid)).toMatchObject({ alive: true });
    expect(await reapRecorded({ recordsDirectory: folder, owner: 'wo-1' })).toEqual({ reaped: 1, survivors: [] });
  });

  test('what is no record does no harm', async () => {
    await writeFile(join(folder, 'a.json'), '{');
    await writeFile(join(folder, 'b.json'), '{"pid":1,"marker":""}');
    expect(await reapRecorded({ recordsDirectory: folder })).toEqual({ reaped: 0, survivors: [] });
    expect(await reapRecorded({ recordsDirectory: join(folder, 'absent') })).toEqual({ reaped: 0, survivors: [] });
  });
});
