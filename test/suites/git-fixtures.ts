import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Credentials } from '../../src/ports/credentials.ts';
import { runProcessTree } from '../../src/process/spawn.ts';
import { reapRecorded } from '../../src/process/process-records.ts';
import type { Confinement } from '../../src/sandboxes/confinement/confinement.ts';
import { createSandboxes } from '../../src/sandboxes/registry.ts';

/** The environment of a person who commits in a test: no configuration of this machine. */
const ENVIRONMENT = {
  PATH: process.env['PATH'],
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
};

/** Git as a person uses it. Throws when it fails. */
export function gitAs(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd, env: ENVIRONMENT, encoding: 'utf8', stdio: 'pipe' }).trimEnd();
}

/** A folder that is gone when the test is over. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'awo-git-')));
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await promisify(execFile)('chmod', ['-R', 'u+rwX', path]).catch(() => undefined);
      await rm(path, { recursive: true, force: true });
    },
  };
}

export async function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

const SAMPLE_FILES = {
  'README.md': '# Sample\n',
  'src/app.ts': 'export const answer = 42;\n',
  'src/empty.ts': '',
  '.gitignore': 'node_modules/\n*.log\n',
};

/** A bare repository with one commit on `main`, as a forge holds it; `commit` adds another one from its clone. */
export async function makeRemote(folder: string, files: Readonly<Record<string, string | Uint8Array>> = SAMPLE_FILES) {
  const url = join(folder, 'remote.git');
  const clone = join(folder, 'clone');
  await mkdir(folder, { recursive: true });
  gitAs(folder, 'init', '-q', '--bare', '--initial-branch=main', url);
  gitAs(folder, 'clone', '-q', url, clone);
  gitAs(clone, 'checkout', '-q', '-B', 'main');
  const commit = async (changed: Readonly<Record<string, string | Uint8Array>>, branch = 'main'): Promise<string> => {
    gitAs(clone, 'checkout', '-q', '-B', branch);
    await writeFiles(clone, changed);
    gitAs(clone, 'add', '-A', '-f');
    gitAs(clone, 'commit', '-q', '--allow-empty', '-m', 'Change');
    gitAs(clone, 'push', '-q', 'origin', branch);
    return gitAs(clone, 'rev-parse', 'HEAD');
  };
  const first = await commit(files);
  return { url, clone, commit, first };
}

/** Makes the server side of a local remote refuse every push with these words. */
export async function refusePushes(remote: string, words: string): Promise<void> {
  const hook = join(remote, 'hooks', 'pre-receive');
  await mkdir(dirname(hook), { recursive: true });
  await writeFile(hook, `#!/bin/sh\necho '${words}' >&2\nexit 1\n`);
  await chmod(hook, 0o755);
}

/** A server on loopback that answers every request with one status; `requests` are the paths that it was asked for. */
export async function serveStatus(status: number): Promise<AsyncDisposable & { url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.writeHead(status, status === 401 ? { 'www-authenticate': 'Basic realm="git"' } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/team/repository.git`,
    requests,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const silent = () => undefined;
export const SILENT_LOG = { debug: silent, info: silent, warn: silent, error: silent };

/** A service that nobody has given a token. */
export const NO_CREDENTIALS: Credentials = {
  tokenFor: () => Promise.resolve(null),
  refused: () => undefined,
  howToSet: () => 'set a token',
};

export const LIMITS = { maxFileBytes: 50_000_000, maxChangeBytes: 500_000_000, maxChangeFiles: 50_000 };

export const NO_FLOOR = {
  floorBytes: 0,
  freeBytes: async () => 0,
  quota: { quotaBytes: null, excessBytes: async () => 0 },
};

export function sandboxesIn(
  dataDirectory: string,
  confinement: Confinement,
  changed: Partial<Parameters<typeof createSandboxes>[0]> = {},
) {
  const log = SILENT_LOG;
  const parts = {
    dataDirectory,
    credentials: NO_CREDENTIALS,
    confinement,
    log,
    limits: LIMITS,
    disk: NO_FLOOR,
    runProcessTree,
    reapRecorded,
  };
  return createSandboxes({ ...parts, ...changed });
}
