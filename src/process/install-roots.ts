import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { findProgram, scriptLine } from './find-program.ts';

/**
 * The files and folders that a program needs of its installation, wherever that is: itself by the name it was found
 * under, what lies beside its real file, and the same for the interpreters that its `#!` lines name. Always the
 * narrowest folder that works: never a home folder or a folder that everybody puts things into. Nothing is refused:
 * what cannot be read has no root.
 */
export function installRoots({
  file,
  path,
  home = homedir(),
}: {
  /** An absolute path. */
  readonly file: string;
  /** The PATH that the program gets, on which `#!/usr/bin/env node` finds its interpreter. */
  readonly path: string | undefined;
  readonly home?: string;
}): readonly string[] {
  const programs = [file];
  const roots = new Set<string>();
  for (const program of programs) {
    const real = realPath(program);
    if (real === null || roots.has(program)) continue;
    roots.add(program);
    for (const root of rootsOf(real, realPath(home) ?? home)) roots.add(root);
    // The Python of a virtual environment is a link out of it, and looks around the link.
    const prefix = dirname(dirname(program));
    if (existsSync(join(prefix, 'pyvenv.cfg'))) roots.add(prefix);
    programs.push(...interpretersOf(real, path));
  }
  return [...roots];
}

/** `real` has no link in it. */
function rootsOf(real: string, home: string): readonly string[] {
  const names = real.split('/');
  const topmost = names.indexOf('node_modules');
  if (topmost !== -1) {
    // The npm package `node` is one binary: its neighbours are somebody's project.
    if (real.endsWith('/node_modules/node/bin/node')) return [dirname(dirname(real))];
    // Platform packages lie beside the package that wants them, and dependencies beside those.
    return [names.slice(0, topmost + 1).join('/')];
  }
  const project = projectOf(real, home);
  if (project !== null) return [project];
  const folder = dirname(real);
  // Version managers put one launcher under every name; what it launches lies beside its folder.
  if (basename(folder) === 'shims' && dirname(folder) !== home) return [dirname(folder)];
  if (basename(folder) !== 'bin') return [isWide(folder, home) ? real : folder];
  const prefix = dirname(folder);
  const shared = isWide(prefix, home) ? ['lib/node_modules'] : ['lib', 'lib64', 'libexec', 'share'];
  return [folder, ...shared.map((name) => join(prefix, name)).filter((path) => existsSync(path))];
}

/** The nearest folder above a script that is a package or a virtual environment. */
function projectOf(real: string, home: string): string | null {
  if (scriptLine(real) === null && !/\.[cm]?[jt]s$/.test(real)) return null;
  for (let folder = dirname(real); dirname(folder) !== folder; folder = dirname(folder)) {
    if (isWide(folder, home) && dirname(folder) !== home) return null;
    if (['package.json', 'pyvenv.cfg'].some((mark) => existsSync(join(folder, mark)))) return folder;
  }
  return null;
}

/** Folders in which a program is only one of many things, so that it alone is shown. */
function isWide(folder: string, home: string): boolean {
  if (`${home}/`.startsWith(`${folder}/`)) return true;
  const parent = dirname(folder);
  if (parent === '/' || parent === '/home' || parent === '/var' || parent === '/run/user') return true;
  // Of what lies directly in a home only the folder of programs is one.
  if (parent === home) return basename(folder) !== 'bin';
  return folder === join(home, '.local/share');
}

/** The program of the `#!` line, and where this is `env` the one that it looks for on PATH. */
function interpretersOf(real: string, path: string | undefined): readonly string[] {
  const [interpreter, ...words] = (scriptLine(real) ?? '').split(/[ \t]+/);
  if (interpreter === undefined || !interpreter.startsWith('/')) return [];
  const named = words.find((word) => !word.startsWith('-') && !word.includes('='));
  if (basename(interpreter) !== 'env' || named === undefined) return [interpreter];
  const found = findProgram({ file: named, path, cwd: '/' }).path;
  return found === null ? [interpreter] : [interpreter, found];
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
