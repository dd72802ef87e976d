import type { ChangeData, DiffType, HunkData } from 'react-diff-view';
import { hidesCharacters, visibleText } from '../../../components/plain-text.ts';
import { gitPath, pathOfHeader } from './git-path.ts';

/** What has changed in one file. */
export interface FileDiff {
  readonly type: DiffType;
  readonly oldPath: string;
  readonly newPath: string;
  /** Null where the mode did not change. */
  readonly modes: readonly [before: string, after: string] | null;
  readonly isBinary: boolean;
  readonly added: number;
  readonly removed: number;
  /** A line that was added holds characters that nobody would see. */
  readonly hidesCharacters: boolean;
  readonly hunks: readonly HunkData[];
}

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };
interface OpenFile extends Writable<Omit<FileDiff, 'hunks'>> {
  readonly hunks: HunkData[];
}

/** A longer line is cut: nobody reads it, and a browser takes seconds for it. */
const MAX_LINE = 2_000;

/**
 * The files of a unified diff as git writes it. The numbers in the heads of hunks say how far a hunk goes, so that no
 * line of a file can pass for a line of the diff. A diff that was cut gives what is there.
 */
export function fileDiffs(diff: string): readonly FileDiff[] {
  const files: OpenFile[] = [];
  const lines = diff.split('\n');
  let file: OpenFile | undefined;
  let oldMode = '';
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const value = (key: string): string | null => (line.startsWith(key) ? line.slice(key.length) : null);
    const names = value('diff --git ');
    if (names !== null) {
      const path = pathOfHeader(names);
      file = {
        type: 'modify',
        oldPath: path,
        newPath: path,
        modes: null,
        isBinary: false,
        added: 0,
        removed: 0,
        hidesCharacters: false,
        hunks: [],
      };
      files.push(file);
    } else if (file && line.startsWith('@@ ')) {
      at = takeHunk(file, lines, at);
    } else if (file) {
      oldMode = value('old mode ') ?? oldMode;
      const newMode = value('new mode ');
      if (newMode !== null) file.modes = [oldMode, newMode];
      if (line.startsWith('new file mode ')) file.type = 'add';
      if (line.startsWith('deleted file mode ')) file.type = 'delete';
      if (line.startsWith('rename from ')) file.type = 'rename';
      if (line.startsWith('copy from ')) file.type = 'copy';
      file.oldPath = pathAfter(value('rename from ') ?? value('copy from ')) ?? sidePath(value('--- ')) ?? file.oldPath;
      file.newPath = pathAfter(value('rename to ') ?? value('copy to ')) ?? sidePath(value('+++ ')) ?? file.newPath;
      if (line.startsWith('Binary files ') || line === 'GIT binary patch') file.isBinary = true;
    }
  }
  return files;
}

/** Reads the hunk that begins at a line; returns its last line. */
function takeHunk(file: OpenFile, lines: readonly string[], begin: number): number {
  const head = lines[begin] ?? '';
  const [, oldStart = '0', oldLines = '1', newStart = '0', newLines = '1'] =
    /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(head) ?? [];
  const changes: ChangeData[] = [];
  let oldLine = Number(oldStart);
  let newLine = Number(newStart);
  const oldEnd = oldLine + Number(oldLines);
  const newEnd = newLine + Number(newLines);
  let at = begin;
  while (at + 1 < lines.length && (oldLine < oldEnd || newLine < newEnd)) {
    at += 1;
    const line = lines[at] ?? '';
    const content = shown(line.slice(1));
    if (line.startsWith('+')) {
      changes.push({ type: 'insert', isInsert: true, content, lineNumber: newLine });
      newLine += 1;
      file.added += 1;
      file.hidesCharacters ||= hidesCharacters(withoutReturn(line));
    } else if (line.startsWith('-')) {
      changes.push({ type: 'delete', isDelete: true, content, lineNumber: oldLine });
      oldLine += 1;
      file.removed += 1;
    } else if (line.startsWith(' ')) {
      changes.push({ type: 'normal', isNormal: true, content, oldLineNumber: oldLine, newLineNumber: newLine });
      oldLine += 1;
      newLine += 1;
    }
  }
  file.hunks.push({
    content: head,
    oldStart: Number(oldStart),
    newStart: Number(newStart),
    oldLines: Number(oldLines),
    newLines: Number(newLines),
    changes,
  });
  return at;
}

function shown(line: string): string {
  const text = withoutReturn(line);
  return text.length > MAX_LINE
    ? `${visibleText(text.slice(0, MAX_LINE))} … (${text.length - MAX_LINE} more characters)`
    : visibleText(text);
}

/** Files that end their lines in the manner of Windows do so in each. */
function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

function pathAfter(written: string | null): string | null {
  return written === null ? null : gitPath(written);
}

/** Of `--- a/x` and `+++ b/x`; null for `/dev/null`. */
function sidePath(written: string | null): string | null {
  return written === null || written === '/dev/null' ? null : gitPath(written).slice(2);
}
