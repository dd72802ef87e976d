import { findProgram } from './find-program.ts';
import { installRoots } from './install-roots.ts';

/** What a line for the shell needs of the installation of its first word, where that is a program on `path`. */
export function commandRoots({
  command,
  path,
}: {
  readonly command: string;
  readonly path: string;
}): readonly string[] {
  const [file = ''] = command.trim().split(/\s+/);
  const found = findProgram({ file, path, cwd: '/' }).path;
  return found === null ? [] : installRoots({ file: found, path });
}
