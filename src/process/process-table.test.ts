import { describe, expect, test } from 'vitest';
import { listFromPs, listProcesses, parseStat, readProcess } from './process-table.ts';

describe('the table of processes', () => {
  test('reads a line of /proc whose name tries to be fields', () => {
    const numbers = Array.from({ length: 49 }, (_, index) => index + 4);
    expect(parseStat(`42 (a) Z 1 ) (b\n) S ${numbers.join(' ')}\n`)).toEqual({
      pid: 42,
      parentPid: 4,
      groupId: 5,
      sessionId: 6,
      startedAt: 22,
      alive: true,
      name: 'a) Z 1 ) (b\n',
    });
    expect(parseStat('42 (gone) Z 1 2 3 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 99 0')).toMatchObject({ alive: false });
    expect(parseStat('')).toBeNull();
    expect(parseStat('42 (cut')).toBeNull();
  });

  test('holds this process, and no number that nobody has', async () => {
    const mine = await readProcess(process.pid);
    expect(mine).toMatchObject({ pid: process.pid, parentPid: process.ppid, alive: true });
    expect(await listProcesses()).toContainEqual(mine);
    expect(await readProcess(2 ** 30)).toBeNull();
  });

  test('can be read from ps where there is no /proc', async () => {
    const rows = await listFromPs();
    const mine = rows.find((row) => row.pid === process.pid);
    expect(mine).toMatchObject({ parentPid: process.ppid, sessionId: null, alive: true });
    const startedMs = Date.now() - process.uptime() * 1000;
    expect(Math.abs((mine?.startedAt ?? 0) - startedMs / 1000)).toBeLessThan(5);
  });
});
