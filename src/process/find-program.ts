import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

export type FoundProgram =
  | { readonly path: string; readonly problem: null }
  /** One sentence part without a full stop: why it cannot be started. */
  | { readonly path: null; readonly problem: string };

/**
 * Finds a program the way execvp does, but says exactly what is wrong where execvp has only ENOENT. Folders of PATH
 * that are not absolute are passed over: they would mean the working copy, which is not trusted.
 */
export function findProgram(input: {
  readonly file: string;
  /** The value of PATH; undefined when it is not set. */
  readonly path: string | undefined;
  readonly cwd: string;
}): FoundProgram {
  const { file, path, cwd } = input;
  if (file === '') return { path: null, problem: 'no program is named' };
  if (file.includes('/')) return check(resolve(cwd, file));
  const folders = (path ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  if (folders.length === 0) return { path: null, problem: `${file} was not found: PATH names no folder` };
  let nearly: FoundProgram | null = null;
  for (const folder of folders) {
    const candidate = join(folder, file);
    if (!isThere(candidate)) continue;
    const found = check(candidate);
    if (found.path !== null) return found;
    nearly ??= found;
  }
  return nearly ?? { path: null, problem: `${file} was not found in any folder of PATH (${folders.join(delimiter)})` };
}

function isThere(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function check(path: string): FoundProgram {
  let stats;
  try {
    stats = statSync(path);
  } catch (error) {
    const code = errorCode(error);
    return { path: null, problem: code === 'ENOENT' ? `${path} does not exist` : `${path} cannot be read (${code})` };
  }
  if (!stats.isFile()) return { path: null, problem: `${path} is not a file` };
  try {
    accessSync(path, constants.X_OK);
  } catch {
    return { path: null, problem: `${path} may not be executed` };
  }
  const interpreter = interpreterOf(path);
  if (interpreter !== null && !isThere(interpreter)) {
    return { path: null, problem: `the interpreter ${interpreter} of ${path} does not exist` };
  }
  return { path, problem: null };
}

/** The program of a `#!` line, or null. A file that may be executed but not read has none that we can see. */
function interpreterOf(path: string): string | null {
  return /^(\/[^\s]+)/.exec(scriptLine(path) ?? '')?.[1] ?? null;
}

/** What stands after the `#!` of a script, or null. */
export function scriptLine(path: string): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const head = Buffer.alloc(256);
    const text = head.toString('latin1', 0, readSync(descriptor, head, 0, head.length, 0));
    return /^#![ \t]*([^\s][^\n]*)\n/.exec(text)?.[1]?.trim() ?? null;
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
}
