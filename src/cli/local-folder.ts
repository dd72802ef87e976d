import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The absolute path of a repository that was given as a folder of this machine; null for any other. */
export async function localFolder(repository: string): Promise<string | null> {
  const path = repository.startsWith('file://') ? pathOfUrl(repository) : resolve(repository);
  if (path === null) return null;
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? path : null;
}

function pathOfUrl(url: string): string | null {
  try {
    return fileURLToPath(url);
  } catch {
    return null;
  }
}
