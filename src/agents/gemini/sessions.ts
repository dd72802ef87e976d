import { readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/**
 * Gemini CLI names the file of a session after the minute of its start and the first characters of its id. Loading a
 * session first begins another of the same id: within the same minute that is the same file, and the session is lost;
 * later it leaves a second file, for which the next start clears both away. So before and after each run the file of
 * the session gets a name of another time, and the second is taken away. Never rejects.
 */
export async function keepSession({
  stateDirectory,
  sessionId,
}: {
  readonly stateDirectory: string;
  readonly sessionId: string;
}): Promise<void> {
  if (!/^[\w-]{8,64}$/.test(sessionId)) return;
  try {
    const root = await realpath(stateDirectory);
    const projects = join(root, '.gemini', 'tmp');
    for (const project of await readdir(projects)) {
      const folder = join(projects, project, 'chats');
      // The agent can write here: a link must not lead to other files.
      const real = await realpath(folder).catch(() => null);
      if (real === null || !real.startsWith(`${root}${sep}`)) continue;
      await keepIn(real, `-${sessionId.slice(0, 8)}.jsonl`);
    }
  } catch {
    // No session was kept yet.
  }
}

const KEPT_PREFIX = 'session-1970-01-01T00-00';

async function keepIn(folder: string, ending: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('session-') && name.endsWith(ending));
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), bytes: (await stat(join(folder, name))).size })),
  );
  // A session that was begun only to be loaded holds no more than its heading.
  const [whole, ...others] = files.toSorted((a, b) => b.bytes - a.bytes);
  if (whole === undefined) return;
  for (const { path } of others) await rm(path, { force: true });
  await rename(whole.path, join(folder, `${KEPT_PREFIX}${ending}`));
}
