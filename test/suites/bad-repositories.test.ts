import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/domain/error-catalogue.ts';
import { createPlainGitForge } from '../../src/forges/plain-git/forge.ts';
import type { Sandbox } from '../../src/ports/sandbox.ts';
import { detectConfinement } from '../../src/sandboxes/confinement/detect.ts';
import { gitAs, makeRemote, NO_CREDENTIALS, sandboxesIn, temporaryFolder, writeFiles } from './git-fixtures.ts';
import { serveGit } from './git-http.ts';
import { AT, codeOf, forever } from './sandbox-fixtures.ts';

const confinement = await detectConfinement('auto');
const MANY_FILES = 50_000;

/** Repositories that are not as one would wish, by the protocol that forges speak. */
describe('a repository over HTTP', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: Awaited<ReturnType<typeof serveGit>>;
  let remote: Awaited<ReturnType<typeof makeRemote>>;

  beforeEach(async () => {
    folder = await temporaryFolder();
    remote = await makeRemote(join(folder.path, 'forge'));
    server = await serveGit(join(folder.path, 'forge'));
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const create = (repository = 'remote.git', baseBranch: string | null = null) =>
    sandboxesIn(join(folder.path, 'data'), confinement)
      .find('git_worktree')
      .create({
        workOrderId: 'wo-one',
        repositoryUrl: server.urlOf(repository),
        baseBranch,
        signal: forever,
        onProgress: () => undefined,
      });

  async function push(sandbox: Sandbox, branch = 'feat-wo-one-x'): Promise<string> {
    const checkpoint = await sandbox.checkpoint({ name: 'one' });
    const commit = await sandbox.commit({ checkpoint, branch, message: 'm', at: AT });
    await createPlainGitForge({ credentials: NO_CREDENTIALS }).push({
      repositoryUrl: server.urlOf('remote.git'),
      fromRepository: sandbox.collectedRepository,
      branch,
      commit,
      replaces: [],
      signal: forever,
    });
    return commit;
  }

  test.each<[string, string | null, ErrorCode, RegExp]>([
    ['gone.git', null, 'repository_unreachable', /not found/],
    ['empty.git', null, 'repository_empty', /no commit/],
    ['remote.git', 'develop', 'base_branch_not_found', /no branch develop; it has main\.$/],
    ['remote.git', 'refs/heads/main', 'base_branch_not_found', /no branch refs\/heads\/main; it has main\.$/],
  ])('%s from %j cannot be begun with: %s', async (repository, baseBranch, code, words) => {
    gitAs(folder.path, 'init', '-q', '--bare', 'forge/empty.git');
    const refused = await codeOf(create(repository, baseBranch));
    expect(refused).toEqual([code, expect.stringMatching(words)]);
    expect(await readdir(join(folder.path, 'data/work-orders'))).toEqual([]);
  });

  test('may have a default branch of any name', async () => {
    gitAs(remote.url, 'branch', '-m', 'main', 'trunk/next');
    const sandbox = await create();
    expect(sandbox.baseBranch).toBe('trunk/next');
    await writeFiles(sandbox.directory, { 'new.txt': 'x' });
    const commit = await push(sandbox);
    expect(gitAs(remote.url, 'rev-parse', 'feat-wo-one-x', `${commit}^`)).toBe(`${commit}\n${sandbox.baseCommit}`);
  });

  test('may have a file whose name is not UTF-8, which is changed and pushed as it is', async () => {
    const name = Buffer.from('caf\u00e9.txt', 'latin1');
    const at = (directory: string) => Buffer.concat([Buffer.from(`${directory}/`), name]);
    await writeFile(at(remote.clone), 'old');
    await remote.commit({});
    const sandbox = await create();
    await writeFile(at(sandbox.directory), 'changed');
    const commit = await push(sandbox);
    const changed = execFileSync('git', ['diff-tree', '-r', '-z', '--name-only', `${commit}^`, commit], {
      cwd: remote.url,
    });
    expect(changed).toEqual(Buffer.concat([name, Buffer.from([0])]));
  });

  test('may have a branch of the wanted name, which is left alone', async () => {
    gitAs(remote.url, 'branch', 'feat-wo-one-x', 'main');
    const sandbox = await create();
    await writeFiles(sandbox.directory, { 'new.txt': 'x' });
    expect((await codeOf(push(sandbox)))[0]).toBe('git_conflict');
    expect(gitAs(remote.url, 'rev-parse', 'feat-wo-one-x')).toBe(remote.first);
  });

  test.each([
    ['pre-receive', 'No push without a ticket.'],
    ['update', 'GH006: Protected branch update failed for refs/heads/feat-wo-one-x.'],
  ])('shows the words with which its hook %s refuses a push', async (hook, words) => {
    await mkdir(join(remote.url, 'hooks'), { recursive: true });
    await writeFile(join(remote.url, 'hooks', hook), `#!/bin/sh\necho '${words}' >&2\nexit 1\n`);
    await chmod(join(remote.url, 'hooks', hook), 0o755);
    const sandbox = await create();
    await writeFiles(sandbox.directory, { 'new.txt': 'x' });
    expect(await codeOf(push(sandbox))).toEqual(['push_refused', expect.stringContaining(`remote: ${words}`)]);
    expect(gitAs(remote.url, 'branch', '--format=%(refname:short)')).toBe('main');
  });

  test(`may have ${MANY_FILES} files`, async () => {
    const files = Array.from(
      { length: MANY_FILES },
      (_, index) => `M 100644 inline src/${index % 500}/${index}\ndata ${`${index}`.length}\n${index}\n`,
    );
    const commit = `commit refs/heads/main\ncommitter T <t@localhost> 1700000000 +0000\ndata 1\nm\n`;
    const input = `${commit}from refs/heads/main^0\n${files.join('')}done\n`;
    execFileSync('git', ['fast-import', '--quiet', '--done'], { cwd: remote.url, input });
    const begunMs = performance.now();
    const sandbox = await create();
    const madeMs = performance.now();
    await writeFile(join(sandbox.directory, 'src/7/7'), 'changed');
    const checkpoint = await sandbox.checkpoint({ name: 'one' });
    const keptMs = performance.now();
    expect(await sandbox.changedPaths({ from: sandbox.baseCommit, to: checkpoint })).toEqual(['src/7/7']);
    const seconds = (ms: number) => (ms / 1000).toFixed(1);
    process.stdout.write(`made in ${seconds(madeMs - begunMs)} s, collected in ${seconds(keptMs - madeMs)} s\n`);
  });
});
