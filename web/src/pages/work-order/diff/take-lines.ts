import type { HunkData } from 'react-diff-view';

/** The first lines of some hunks: a hunk that reaches beyond them is cut. */
export function takeLines(hunks: readonly HunkData[], lines: number): HunkData[] {
  const taken: HunkData[] = [];
  let left = lines;
  for (const hunk of hunks) {
    if (left <= 0) break;
    taken.push(hunk.changes.length > left ? { ...hunk, changes: hunk.changes.slice(0, left) } : hunk);
    left -= hunk.changes.length;
  }
  return taken;
}

export function linesIn(hunks: readonly HunkData[]): number {
  return hunks.reduce((sum, { changes }) => sum + changes.length, 0);
}
