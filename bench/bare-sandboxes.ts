import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { timed } from './measure.ts';

/** What it comes down to by hand: a tree that borrows from a mirror, and nothing collected, checked or recorded. */
export function bareSandboxes(directory: string, repository: string) {
  const mirror = join(directory, 'mirror.git');
  const trees = join(directory, 'trees');
  mkdirSync(trees, { recursive: true });
  const fetch = `git init -q --bare '${mirror}' && git --git-dir='${mirror}' fetch -q --no-tags '${repository}' main:main`;
  const script = (name: string) =>
    [
      `git ls-remote --symref -- '${repository}' HEAD`,
      `git --git-dir='${mirror}' update-ref refs/bench/${name} main`,
      `git init -q --initial-branch=main -- '${trees}/${name}'`,
      `cd '${trees}/${name}'`,
      `echo '${mirror}/objects' > .git/objects/info/alternates`,
      `git update-ref refs/heads/main $(git --git-dir='${mirror}' rev-parse main)`,
      `git -c checkout.workers=4 read-tree -u --reset HEAD`,
    ].join(' && ');
  let fetched = false;
  const ensureMirror = async () => {
    if (!fetched) await sh(fetch);
    fetched = true;
  };
  return {
    async make(name: string) {
      await ensureMirror();
      await sh(script(name));
      return join(trees, name);
    },
    forget() {
      rmSync(mirror, { recursive: true });
      fetched = false;
    },
    async many(count: number) {
      const ms = await timed(async () => {
        await ensureMirror();
        await Promise.all(Array.from({ length: count }, (_, index) => sh(script(`tree-${index}`))));
      });
      for (let index = 0; index < count; index += 1) rmSync(join(trees, `tree-${index}`), { recursive: true });
      return { ms };
    },
  };
}

/** A shell with git as nobody has configured it. Rejects when the script fails. */
export async function sh(script: string): Promise<void> {
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  await promisify(execFile)('sh', ['-c', script], { env });
}
