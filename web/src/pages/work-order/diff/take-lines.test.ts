import { expect, test } from 'vitest';
import { fileDiffs } from './file-diff.ts';
import { openAtFirst } from './open-at-first.ts';
import { linesIn, takeLines } from './take-lines.ts';

function added(path: string, lines: number): string {
  return `diff --git a/${path} b/${path}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,${lines} @@\n${'+x\n'.repeat(lines)}`;
}

test('a large file is folded at first, and so is what comes after too many lines', () => {
  const files = fileDiffs(
    added('large', 501) + Array.from({ length: 10 }, (_, at) => added(`file ${at}`, 400)).join(''),
  );
  const open = openAtFirst(files);
  expect(files.map((file) => open.has(file))).toEqual([false, ...Array(7).fill(true), false, false, false]);
});

test('of large hunks so many lines are taken as are wanted', () => {
  const [file] = fileDiffs(`${added('x', 40)}@@ -1,0 +60,20 @@\n${'+y\n'.repeat(20)}`);
  const hunks = file?.hunks ?? [];
  expect(linesIn(hunks)).toBe(60);
  expect(takeLines(hunks, 30).map(({ changes }) => changes.length)).toEqual([30]);
  expect(takeLines(hunks, 40).map(({ changes }) => changes.length)).toEqual([40]);
  expect(takeLines(hunks, 50).map(({ changes }) => changes.length)).toEqual([40, 10]);
  expect(takeLines(hunks, 99)).toEqual(hunks);
});
