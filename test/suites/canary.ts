import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a secret shows in the arguments or the environment of any process that runs now; `except` are pids. */
export function processesShowing(secret: string, except: readonly number[] = []): readonly string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || except.includes(Number(pid))) continue;
    for (const part of ['cmdline', 'environ']) {
      if (contentOf(`/proc/${pid}/${part}`).includes(secret))
        found.push(`${part} of ${contentOf(`/proc/${pid}/cmdline`)}`);
    }
  }
  return found;
}

/** The files below a folder that hold a secret, as it is or in base64. */
export function filesWith(secret: string, folder: string): readonly string[] {
  const forms = [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => forms.some((form) => contentOf(file).includes(form)));
}

/** Empty for what has gone meanwhile, as processes do. */
function contentOf(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
