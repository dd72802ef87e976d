import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { WorkOrderError } from '../../domain/errors.ts';
import { programPath } from '../environment.ts';
import { oneLine } from '../text.ts';
import { SAMPLE_FILES } from './sample-files.ts';

/** Fixed, so that the sample's first commit has the same id everywhere. */
const AUTHOR = 'Agent Work Orders';
const EMAIL = 'sample@agent-work-orders.invalid';
const DATE = '2026-01-01T00:00:00Z';

/**
 * Makes the sample repository as a bare remote `<directory>/<name>.git`, unless it is there already, and returns its path.
 * It appears by a rename: a reader, or a second caller at the same time, never sees half of it. Rejects with
 * `git_failed`.
 */
export async function makeSampleRepository({
  directory,
  name = 'greeter',
}: {
  readonly directory: string;
  readonly name?: string;
}): Promise<string> {
  const remote = join(directory, `${name}.git`);
  if (await exists(remote)) return remote;
  await mkdir(directory, { recursive: true });
  const making = await mkdtemp(join(directory, '.making-'));
  try {
    const bare = join(making, 'bare');
    await fill({ bare, tree: join(making, 'tree') });
    await rename(bare, remote);
  } catch (error) {
    // Somebody else was faster: the folder that is there now is the same.
    if (!(await exists(remote))) throw error;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
  return remote;
}

async function fill({ bare, tree }: { readonly bare: string; readonly tree: string }): Promise<void> {
  await mkdir(tree);
  for (const [path, text] of Object.entries(SAMPLE_FILES)) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
  await git(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', bare]);
  const here = ['--git-dir', bare, '--work-tree', tree];
  await git([...here, 'add', '--all']);
  await git([...here, 'commit', '--quiet', '--message', 'Greet people by name']);
  await rm(join(bare, 'index'), { force: true });
}

async function git(args: readonly string[]): Promise<void> {
  const env = {
    PATH: programPath(process.env),
    LANG: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: AUTHOR,
    GIT_AUTHOR_EMAIL: EMAIL,
    GIT_AUTHOR_DATE: DATE,
    GIT_COMMITTER_NAME: AUTHOR,
    GIT_COMMITTER_EMAIL: EMAIL,
    GIT_COMMITTER_DATE: DATE,
  };
  try {
    await promisify(execFile)('git', ['-c', 'core.autocrlf=false', '-c', 'core.filemode=false', ...args], { env });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    const why = oneLine(said || String(error), 300);
    throw new WorkOrderError('git_failed', `The sample repository could not be made: ${why}`, { cause: error });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
