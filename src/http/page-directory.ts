import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the built page lies in the package; null where it was not built. */
export function pageDirectoryOf(packageDirectory: string): string | null {
  const directory = join(packageDirectory, 'dist', 'page');
  return existsSync(join(directory, 'index.html')) ? directory : null;
}
