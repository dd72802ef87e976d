import type { FileDiff } from './file-diff.ts';

/** A file with more changed lines is folded at first, and so is every file after this many lines in all. */
const OPEN_LINES_OF_A_FILE = 500;
const OPEN_LINES = 3_000;

/** The files whose lines are shown before anybody has asked for them. */
export function openAtFirst(files: readonly FileDiff[]): ReadonlySet<FileDiff> {
  const open = new Set<FileDiff>();
  let lines = 0;
  for (const file of files) {
    const own = file.added + file.removed;
    if (own > OPEN_LINES_OF_A_FILE || lines + own > OPEN_LINES) continue;
    lines += own;
    open.add(file);
  }
  return open;
}
