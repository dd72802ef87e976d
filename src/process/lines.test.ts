import { execFile } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { program } from '../../test/programs/run.ts';
import { createLineSplitter, readLines } from './lines.ts';
import type { OutputLine } from '../ports/process.ts';

/** All lines of some chunks. The chunks are copied, because a splitter takes them over. */
function split(chunks: readonly Uint8Array[], maxLineBytes = 1000): readonly Omit<OutputLine, 'stream'>[] {
  const splitter = createLineSplitter(maxLineBytes);
  const lines = [];
  for (const chunk of chunks) {
    splitter.feed(Buffer.from(chunk));
    for (let line = splitter.next(); line !== null; line = splitter.next()) lines.push(line);
  }
  const last = splitter.finish();
  return last === null ? lines : [...lines, last];
}

const texts = (chunks: readonly string[], maxLineBytes?: number): readonly string[] =>
  split(
    chunks.map((chunk) => Buffer.from(chunk)),
    maxLineBytes,
  ).map((line) => line.text);

describe('a line splitter', () => {
  test.each([
    [['a\nb\n'], ['a', 'b']],
    [['a\nb'], ['a', 'b']],
    [['\n\n'], ['', '']],
    [[''], []],
    [['a\r\nb\r\n'], ['a', 'b']],
    [
      ['a\r', '\nb'],
      ['a', 'b'],
    ],
    [['a\rb\n'], ['a\rb']],
    [['a\r'], ['a\r']],
    [
      ['x', 'y', 'z\n', '\n'],
      ['xyz', ''],
    ],
    [['x\0y\n'], ['x\0y']],
  ])('makes of %j the lines %j', (chunks, lines) => {
    expect(texts(chunks)).toEqual(lines);
  });

  test('does not depend on where the bytes are cut into chunks', () => {
    const alphabet = fc.constantFrom('a', '\n', '\r', '\r\n', 'ü', '€', '😀', '\0');
    fc.assert(
      fc.property(fc.array(alphabet), fc.array(fc.nat(60)), fc.integer({ min: 1, max: 9 }), (parts, cuts, max) => {
        const whole = Buffer.from(parts.join(''));
        const ends = [...cuts.filter((cut) => cut < whole.length), whole.length].toSorted((a, b) => a - b);
        const chunks = ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end));
        const lines = split(chunks, max);
        expect(lines).toEqual(split([whole], max));
        for (const line of lines) {
          expect(line.cut).toBe(line.bytes > max);
          expect(Buffer.byteLength(line.text)).toBeLessThanOrEqual(max);
          expect(line.text).not.toContain('\uFFFD');
        }
        const expected = whole.toString().split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(lines).toHaveLength(expected.length);
      }),
    );
  });

  test('keeps the beginning of a long line, whole characters only, and counts the rest', () => {
    expect(split([Buffer.from('ab€€\r\nnext\n')], 6)).toEqual([
      { text: 'ab€', bytes: 8, cut: true },
      { text: 'next', bytes: 4, cut: false },
    ]);
    expect(split([Buffer.from('123456\r'), Buffer.from('\n')], 6)).toEqual([{ text: '123456', bytes: 6, cut: false }]);
  });
});

describe('a line reader', () => {
  test('reads no stream while a line is open, and loses nothing when the streams end meanwhile', async () => {
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const seen: string[] = [];
    const gate = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    const reader = readLines({
      streams: [
        { name: 'stdout', stream: stdout },
        { name: 'stderr', stream: stderr },
      ],
      maxLineBytes: 100,
      onLine: async ({ stream, text }) => {
        seen.push(`${stream} ${text}`);
        opened.resolve();
        await gate.promise;
      },
      onFailure: () => undefined,
    });
    stdout.end('1\n2\n3');
    await opened.promise;
    expect(stdout.isPaused()).toBe(true);
    stderr.end('4\n');
    expect(reader.held).toBe(true);
    expect(stderr.isPaused()).toBe(true);
    expect(seen).toEqual(['stdout 1']);
    gate.resolve();
    await reader.done;
    expect(seen.toSorted()).toEqual(['stderr 4', 'stdout 1', 'stdout 2', 'stdout 3']);
  });

  test('gives no line any more after a failure, and still comes to its end', async () => {
    const stream = new PassThrough();
    const seen: string[] = [];
    const failures: unknown[] = [];
    const reader = readLines({
      streams: [{ name: 'stdout', stream }],
      maxLineBytes: 100,
      onLine: async ({ text }) => {
        seen.push(text);
        return await Promise.reject(new Error('no'));
      },
      onFailure: (error) => failures.push(error),
    });
    stream.end('1\n2\n3\n');
    await reader.done;
    expect(seen).toEqual(['1']);
    expect(failures).toEqual([new Error('no')]);
  });
});

describe('the memory for the output of a program', () => {
  const measure = async (bytes: number, lineBytes: number) => {
    const args = [program('measure-flood.ts'), String(bytes), String(lineBytes)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const measured: Record<'lines' | 'cutLines' | 'bytes' | 'grownBytes' | 'ms', number> = JSON.parse(stdout);
    return measured;
  };

  test('grows by less than 32 MB for 512 MB without a line end', async () => {
    const measured = await measure(512 * 1024 * 1024, 0);
    expect(measured).toMatchObject({ lines: 1, cutLines: 1, bytes: 512 * 1024 * 1024 });
    expect(measured.grownBytes).toBeLessThan(32 * 1024 * 1024);
    expect(measured.ms).toBeLessThan(10_000);
  });

  test('grows by less than 32 MB for a million short lines, read at 200,000 a second at least', async () => {
    const measured = await measure(64 * 1024 * 1024, 64);
    expect(measured.lines).toBe(1024 * 1024);
    expect(measured.grownBytes).toBeLessThan(32 * 1024 * 1024);
    expect(measured.lines / (measured.ms / 1000)).toBeGreaterThan(200_000);
  });
});
