import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file of the user's in which a program keeps its login, and where a run of it finds the copy. Absolute paths. */
export interface LoginFile {
  readonly from: string;
  readonly to: string;
}

/** A login is a few keys; what is larger is something else. */
const MAX_BYTES = 256 * 1024;

/**
 * Copies logins for a run, so that an agent has its own login and nothing else of the home folder. `takeBack` brings
 * home what the program has renewed in the meantime (a token that is used up with its renewal would else lock the user
 * out): only where the user's file is still the one that was copied and the new one has the same form. Never rejects.
 */
export async function lendLogins(files: readonly LoginFile[]): Promise<{ takeBack(): Promise<void> }> {
  const lent: { readonly file: LoginFile; readonly content: string }[] = [];
  for (const file of files) {
    const content = await read(file.from);
    if (content === null) continue;
    await mkdir(dirname(file.to), { recursive: true, mode: 0o700 });
    await writeFile(file.to, content, { mode: 0o600 });
    await chmod(file.to, 0o600);
    lent.push({ file, content });
  }
  return {
    async takeBack() {
      for (const { file, content } of lent) await takeBackOne(file, content).catch(() => undefined);
    },
  };
}

async function takeBackOne({ from, to }: LoginFile, lent: string): Promise<void> {
  const now = await read(to);
  if (now === null || now === lent || (await read(from)) !== lent) return;
  if (!haveSameForm(parse(lent), parse(now))) return;
  const unfinished = `${from}.${process.pid}.new`;
  await writeFile(unfinished, now, { mode: (await stat(from)).mode & 0o777 });
  await rename(unfinished, from);
}

async function read(path: string): Promise<string | null> {
  try {
    if ((await stat(path)).size > MAX_BYTES) return null;
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same keys with values of the same types, all the way down: other tokens, but nothing that was not there. */
function haveSameForm(a: unknown, b: unknown): boolean {
  if (a === undefined || typeof a !== typeof b) return false;
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === null ? b === null : true;
  const [ofA, ofB] = [new Map<string, unknown>(Object.entries(a)), new Map<string, unknown>(Object.entries(b))];
  return ofA.size === ofB.size && [...ofA].every(([key, value]) => ofB.has(key) && haveSameForm(value, ofB.get(key)));
}
