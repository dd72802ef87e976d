import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findProgram } from '../../process/find-program.ts';

export type FoundCodex =
  | {
      readonly path: string;
      readonly problem: null;
      /** Why the launcher is started instead of the program itself, or null. */
      readonly detour: string | null;
      /** The folder of the native program with what it loads, or null where it stands alone. */
      readonly root: string | null;
    }
  | { readonly path: null; readonly problem: string };

const TARGETS: Readonly<Record<string, string>> = {
  'linux-x64': 'x86_64-unknown-linux-musl',
  'linux-arm64': 'aarch64-unknown-linux-musl',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
};

/**
 * Finds Codex. What npm puts on PATH is a launcher in JavaScript; the native program is in a package of its own and is
 * started directly, so that no Node has to be found and nothing stands between it and the signals it gets.
 */
export function findCodex({ wanted, path }: { readonly wanted: string; readonly path: string }): FoundCodex {
  const found = findProgram({ file: wanted, path, cwd: process.cwd() });
  if (found.path === null) return found;
  const launcher = realpathSync(found.path);
  if (!launcher.endsWith('.js')) return { path: found.path, problem: null, detour: null, root: rootOf(launcher) };
  const platform = `${process.platform}-${process.arch}`;
  const target = TARGETS[platform];
  if (target === undefined) return detour(found.path, `no native program is known for ${platform}`);
  const vendors = [packageOf(launcher, `@openai/codex-${platform}`), dirname(dirname(launcher))];
  for (const vendor of vendors) {
    if (vendor === null) continue;
    const root = join(vendor, 'vendor', target);
    const native = findProgram({ file: join(root, 'bin', 'codex'), path: undefined, cwd: '/' });
    if (native.path !== null) return { path: native.path, problem: null, detour: null, root };
  }
  return detour(found.path, `the package @openai/codex-${platform} is not beside it`);
}

function detour(path: string, reason: string): FoundCodex {
  return { path, problem: null, detour: reason, root: null };
}

/** Beside or nested: found the way the launcher itself does. */
function packageOf(launcher: string, name: string): string | null {
  try {
    return dirname(createRequire(launcher).resolve(`${name}/package.json`));
  } catch {
    return null;
  }
}

/** A native program in a folder `bin` has what it loads beside that folder. */
function rootOf(program: string): string | null {
  const folder = dirname(program);
  return folder.endsWith('/bin') && folder.includes('/vendor/') ? dirname(folder) : null;
}
