import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ProcessInput } from '../ports/process.ts';
import { findWays, livingWith, newSeconds, newToken, NO_LIMITS, program, runProgram } from '../../test/programs/run.ts';

const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'awo-spawn-'));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const ways = await findWays();

test.for(ways.missing)('not everything is tried here: %s', (reason, { skip }) => {
  expect(reason).not.toBe('');
  skip(reason);
});

describe.each(ways.usable)('a program in confinement $name', ({ name, confinement }) => {
  const run = async (input: Omit<Parameters<typeof runProgram>[0], 'confinement'>) =>
    await runProgram({ ...input, confinement });

  test('gets its environment, its folder and its standard input', async () => {
    const env = { PATH: '/usr/bin:/bin', GREETING: 'grüß "dich" $HOME' };
    const stdin = 'x'.repeat(300_000);
    const { end, lines } = await run({ args: [program('tell-environment.mjs')], spec: { env, stdin } });
    expect(end).toMatchObject({ reason: 'exited', exitCode: 0, signal: null, survivors: [], error: null });
    const told: { env: object } = JSON.parse(lines[0]?.text ?? '');
    expect(told).toMatchObject({ env, cwd: join(program('x'), '..'), stdin });
    const names = Object.keys(told.env).filter((each) => !/_proxy$/i.test(each));
    expect(names.filter((each) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(each)).toSorted()).toEqual([
      'AWO_PROCESS_MARKER',
      'GREETING',
      'PATH',
    ]);
  });

  test('has an empty standard input when none is given', async () => {
    const { end, lines } = await run({ args: [program('tell-environment.mjs')] });
    expect(end.exitCode).toBe(0);
    expect(lines[0]?.text).toContain('"stdin":""');
  });

  test('tells its exit code and the end of its standard error', async () => {
    const { end } = await run({ file: program('exit-137.sh'), args: [] });
    expect(end).toMatchObject({ reason: 'exited', exitCode: 137, stderrTail: 'about to be killed\n' });
  });

  test('that prints what is no UTF-8 is read all the same', async () => {
    const { lines } = await run({ args: [program('invalid-utf8.mjs')] });
    expect(lines.map((line) => [line.text, line.bytes])).toEqual([
      ['a\uFFFD\uFFFDb', 4],
      ['€', 3],
      ['x\0y', 3],
      ['the end', 7],
    ]);
  });

  test('is asked to end before it is killed', async () => {
    const abort = new AbortController();
    const { end, lines } = await run({
      args: [program('end-politely.mjs')],
      spec: { signal: abort.signal },
      onLine: () => {
        abort.abort();
      },
    });
    expect(lines.map((line) => line.text)).toEqual(['ready', 'goodbye']);
    expect(end).toMatchObject({ reason: 'aborted', exitCode: 7, survivors: [] });
  });

  test('is spoken with line by line, and interrupted in its own way before any signal', async () => {
    const abort = new AbortController();
    let input: ProcessInput | null = null;
    const { end, lines } = await run({
      args: [program('converse.mjs')],
      spec: {
        signal: abort.signal,
        stdin: (open) => {
          input = open;
        },
        interrupt: () => input?.write('stop\n'),
      },
      onLine: ({ text }) => {
        if (text === 'ready') input?.write('hello\n');
        if (text === 'heard hello') abort.abort();
      },
    });
    expect(lines.map((line) => line.text)).toEqual(['ready', 'heard hello', 'stopped']);
    // 7 is its own; it takes no notice of SIGTERM.
    expect(end).toMatchObject({ reason: 'aborted', exitCode: 7, survivors: [] });
  });

  test('that takes no notice of its own interrupt is killed all the same', async () => {
    const abort = new AbortController();
    let input: ProcessInput | null = null;
    const { end } = await run({
      args: [program('converse.mjs')],
      spec: {
        signal: abort.signal,
        stdin: (open) => {
          input = open;
        },
        interrupt: () => input?.write('hang\n'),
      },
      onLine: () => {
        abort.abort();
      },
    });
    expect(end).toMatchObject({ reason: 'aborted', survivors: [] });
    expect(end.exitCode === 137 || end.signal === 'SIGKILL').toBe(true);
  });

  test('that says only what does not count has not begun to work', async () => {
    const { end, lines } = await run({
      args: [program('converse.mjs')],
      spec: { stdin: () => undefined, limits: { ...NO_LIMITS, firstActivityMs: 3_000, idleMs: 60_000 } },
      onLine: () => 'quiet',
    });
    // It may say that its input has ended as well: that is closed when the limit is reached.
    expect(lines[0]?.text).toBe('ready');
    expect(end).toMatchObject({ reason: 'no_first_activity', survivors: [] });
  });

  test('that has ended by itself before its result is read has finished, with its exit code', async () => {
    const token = newToken();
    const { end } = await run({
      args: [program('never-end-after-result.mjs'), 'end'],
      token,
      onLine: async (line) => {
        if (line.text === 'result') return 'finish';
        await vi.waitFor(() => {
          expect(livingWith(token)).toEqual([]);
        });
        return undefined;
      },
    });
    expect(end).toMatchObject({ reason: 'finished', exitCode: 3 });
  });

  test('is not started when it is cancelled before', async () => {
    const { end, lines } = await run({ args: [program('ignore-term.mjs')], spec: { signal: AbortSignal.abort() } });
    expect(end).toMatchObject({ reason: 'aborted', exitCode: null, durationMs: expect.any(Number) });
    expect(lines).toEqual([]);
  });

  test('that is cancelled while it starts leaves nothing', async () => {
    const token = newToken();
    const abort = new AbortController();
    const running = run({ args: [program('ignore-term.mjs')], token, spec: { signal: abort.signal } });
    abort.abort();
    const { end } = await running;
    expect(end).toMatchObject({ reason: 'aborted', survivors: [] });
    expect(livingWith(token)).toEqual([]);
  });

  const hostile = ['same-group', 'ignores-term', 'own-session', 'double-fork', 'own-session-cleared'];

  test('that ends leaves no process behind', async () => {
    const token = newSeconds();
    const { end } = await run({ args: [program('scatter.mjs'), token, ...hostile, 'end'] });
    expect(end).toMatchObject({ reason: 'exited', exitCode: 0 });
    expect(end.durationMs).toBeLessThan(3000);
    // Without a pid namespace the parent is gone before we look, and with it the last tie to the cleared one.
    expectDeath(token, name === 'none' ? 1 : 0);
  });

  test('that is cancelled leaves no process behind, whatever it has started', async () => {
    const token = newSeconds();
    const { end } = await cancelled([token, ...hostile]);
    expect(end).toMatchObject({ reason: 'aborted', survivors: [] });
    expect(end.durationMs).toBeLessThan(3000);
    expectDeath(token, 0);
  });

  test('leaves one process at most: the one that has shed parent, session and marker, and only unconfined', async () => {
    const token = newSeconds();
    const { end } = await cancelled([token, ...hostile.slice(0, 4), 'double-fork-cleared']);
    expect(end).toMatchObject({ reason: 'aborted', survivors: [] });
    expectDeath(token, name === 'none' ? 1 : 0);
  });

  test('is not waited for by a pipe that an escaped process holds', async () => {
    const token = newSeconds();
    const { end, lines } = await cancelled([token, 'double-fork-cleared-holds-pipe']);
    expect(end.durationMs).toBeLessThan(3000);
    expect(lines.map((line) => line.text)).toEqual(['ready']);
    expectDeath(token, name === 'none' ? 1 : 0);
  });

  async function cancelled(args: readonly string[]): ReturnType<typeof runProgram> {
    const abort = new AbortController();
    return await run({
      args: [program('scatter.mjs'), ...args],
      spec: { signal: abort.signal },
      onLine: () => {
        abort.abort();
      },
    });
  }

  function expectDeath(token: string, mayRemain: number): void {
    const left = livingWith(token);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    expect(left.length).toBeLessThanOrEqual(mayRemain);
  }

  test('has its record on the disk before it begins, and none after its death', async () => {
    const folder = await newFolder();
    const recordsDirectory = join(folder, 'processes');
    let recorded = '';
    await run({
      file: '/bin/sh',
      args: ['-c', 'cat "$1"/*.json', 'sh', recordsDirectory],
      readable: [folder],
      launch: { recordsDirectory, owner: 'wo-1234' },
      onLine: (line) => {
        recorded = line.text;
      },
    });
    expect(JSON.parse(recorded)).toEqual({
      pid: expect.any(Number),
      start_time: expect.any(Number),
      marker: expect.stringMatching(/^[0-9a-f]{32}$/),
      owner: 'wo-1234',
      boot_id: (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
    });
    expect(await readdir(recordsDirectory)).toEqual([]);
  });

  test('does not begin when its record cannot be written', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'file'), '');
    const touched = join(folder, 'touched');
    const { end } = await run({
      file: '/usr/bin/touch',
      args: [touched],
      launch: { recordsDirectory: join(folder, 'file') },
    });
    expect(end.reason).toBe('not_started');
    expect(end.error).toMatch(/its record cannot be kept \((EEXIST|ENOTDIR)\)/);
    expect(existsSync(touched)).toBe(false);
  });

  test('that cannot be started says exactly why', async () => {
    const folder = await newFolder();
    const plain = join(folder, 'plain');
    await writeFile(plain, '#!/bin/sh\n');
    const orphan = join(folder, 'orphan');
    await writeFile(orphan, '#!/no/such/interpreter\n');
    await chmod(orphan, 0o755);
    const reason = async (file: string, more: Partial<Parameters<typeof runProgram>[0]> = {}) => {
      const { end } = await run({ file, args: [], ...more });
      expect(end).toMatchObject({ reason: 'not_started', exitCode: null });
      return end.error;
    };
    expect(await reason('no-such-program')).toContain('was not found in any folder of PATH (');
    expect(await reason('/no/such/program')).toContain('/no/such/program does not exist');
    expect(await reason(folder)).toContain('is not a file');
    expect(await reason(plain)).toContain('may not be executed');
    expect(await reason(orphan)).toContain('the interpreter /no/such/interpreter of');
    expect(await reason('/bin/sh', { args: ['a\0b'] })).toContain('ERR_INVALID_ARG_VALUE');
    expect(await reason('/bin/sh', { args: ['x'.repeat(4_000_000)] })).toContain('E2BIG');
    expect(await reason('/bin/sh', { launch: { cwd: join(folder, 'gone') } })).toContain('cannot be entered (ENOENT)');
    expect(await reason('/bin/sh', { spec: { env: { 'A-B': '1' } } })).toContain('"A-B" cannot be the name');
  });

  test('is ended when what reads its output fails', async () => {
    const token = newToken();
    const { end } = await run({
      args: [program('ignore-term.mjs')],
      token,
      launch: { graceMs: 10 },
      onLine: () => {
        throw new Error('no more');
      },
    });
    expect(end).toMatchObject({ reason: 'aborted', error: 'The reader of its output failed: no more' });
    expect(livingWith(token)).toEqual([]);
  });

  // These wait for time-outs of the product, so they wait together.
  describe.concurrent('and time', () => {
    test.each([
      ['hang-silently.mjs', { ...NO_LIMITS, firstActivityMs: 300 }, 'no_first_activity', 0],
      ['talk-then-idle.mjs', { ...NO_LIMITS, firstActivityMs: 20_000, idleMs: 300 }, 'idle', 3],
      ['talk-then-idle.mjs', { ...NO_LIMITS, totalMs: 1500 }, 'total', 3],
    ] as const)('%s is ended by its limit: %o', async (file, limits, reason, lineCount) => {
      const token = newToken();
      const { end, lines } = await run({ args: [program(file)], token, spec: { limits } });
      expect(end).toMatchObject({ reason, survivors: [] });
      expect(end.durationMs).toBeLessThan(3500);
      expect(lines).toHaveLength(lineCount);
      expect(livingWith(token)).toEqual([]);
    });

    test('that ignores SIGTERM is dead within 3 s of a cancel', async () => {
      const token = newToken();
      const abort = new AbortController();
      let abortedMs = 0;
      const { end } = await run({
        args: [program('ignore-term.mjs')],
        token,
        spec: { signal: abort.signal },
        onLine: () => {
          abortedMs = performance.now();
          abort.abort();
        },
      });
      expect(performance.now() - abortedMs).toBeLessThan(3000);
      expect(performance.now() - abortedMs).toBeGreaterThan(1400);
      expect(end).toMatchObject({ reason: 'aborted', survivors: [] });
      expect(livingWith(token)).toEqual([]);
    });

    test('that does not end after its result is ended', async () => {
      const token = newToken();
      const { end } = await run({
        args: [program('never-end-after-result.mjs')],
        token,
        onLine: (line) => (line.text === 'result' ? 'finish' : undefined),
      });
      expect(end).toMatchObject({ reason: 'finished', survivors: [] });
      expect(end.durationMs).toBeGreaterThan(990);
      expect(end.durationMs).toBeLessThan(3500);
      expect(livingWith(token)).toEqual([]);
    });

    test('is held back while a line is being dealt with: one line at a time, and that is no idleness', async () => {
      let open = 0;
      let mostOpen = 0;
      const { end, lines } = await run({
        file: '/bin/sh',
        args: ['-c', 'for i in 1 2 3; do echo "$i"; echo "$i" >&2; done; exec sleep 1000'],
        spec: { limits: { ...NO_LIMITS, idleMs: 100 } },
        onLine: async () => {
          open += 1;
          mostOpen = Math.max(mostOpen, open);
          // A reader slower than the limit.
          await new Promise((resolve) => {
            setTimeout(resolve, 200);
          });
          open -= 1;
        },
      });
      expect(mostOpen).toBe(1);
      for (const stream of ['stdout', 'stderr']) {
        const texts = lines.filter((line) => line.stream === stream).map((line) => line.text);
        expect(texts).toEqual(['1', '2', '3']);
      }
      expect(end.reason).toBe('idle');
      expect(end.durationMs).toBeGreaterThan(6 * 200 + 90);
    });

    test('is cancelled in time even when a line stays open for ever', async () => {
      const abort = new AbortController();
      const { end } = await run({
        args: [program('end-politely.mjs')],
        spec: { signal: abort.signal },
        onLine: async () => {
          abort.abort();
          await new Promise(() => undefined);
        },
      });
      expect(end.reason).toBe('aborted');
      expect(end.durationMs).toBeLessThan(3000);
    });
  });
});
