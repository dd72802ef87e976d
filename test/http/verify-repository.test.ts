import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RepositoryCheckSchema } from '../../src/contract/verify-repository.ts';
import { makeGithubWorld } from '../fake-github/world.ts';
import { gitAs, makeRemote, temporaryFolder } from '../suites/git-fixtures.ts';
import { startParts } from './support.ts';

type Parts = Awaited<ReturnType<typeof startParts>>;

async function verify(parts: Parts, repositoryUrl: string) {
  const response = await parts.app.request('/github/verify-repository', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ repository_url: repositoryUrl }),
  });
  expect(response.status).toBe(200);
  return RepositoryCheckSchema.strict().parse(await response.json());
}

const NOTHING = { is_accessible: false, repository_name: null, repository_owner: null, default_branch: null };

describe('POST /github/verify-repository', () => {
  test('tells what a plain remote is, with a default branch of any name', async () => {
    await using parts = await startParts();
    const { url, first } = await makeRemote(join(parts.folder, 'forge'));
    gitAs(url, 'update-ref', 'refs/heads/trunk', first);
    gitAs(url, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
    expect(await verify(parts, url)).toEqual({
      is_accessible: true,
      repository_name: 'remote',
      repository_owner: null,
      default_branch: 'trunk',
      error_message: null,
    });
  });

  test('tells what a repository of GitHub is, and when it may be read only', async () => {
    await using folder = await temporaryFolder();
    await using world = await makeGithubWorld(join(folder.path, 'github'));
    const { forge, github, engine } = world;
    await using parts = await startParts({ forges: { forges: [forge], forRepository: () => forge } });
    const found = { is_accessible: true, repository_name: 'engine', repository_owner: 'ada', default_branch: 'main' };
    expect(await verify(parts, engine.url)).toEqual({ ...found, error_message: null });
    github.addToken('of-a-reader', { canPush: false });
    world.environment.TOKEN_OF_TEST = 'of-a-reader';
    expect(await verify(parts, engine.url)).toEqual({ ...found, error_message: expect.stringContaining('not push') });
    world.environment.TOKEN_OF_TEST = 'of-nobody';
    const refused = expect.stringContaining('Make a new token');
    expect(await verify(parts, engine.url)).toEqual({ ...NOTHING, error_message: refused });
  });

  test('answers with the reason where there is nothing to read', async () => {
    await using parts = await startParts();
    gitAs(parts.folder, 'init', '-q', '--bare', 'empty.git');
    for (const [url, reason] of [
      [join(parts.folder, 'empty.git'), 'has no commit'],
      [join(parts.folder, 'nothing.git'), 'not accepted'],
      ['https://token@example.org/a/b', 'credentials do not belong'],
      ['--upload-pack=x', 'dash'],
      ['http://127.0.0.1:1/a/b.git', 'Try again when it is back'],
    ] as const) {
      expect(await verify(parts, url)).toEqual({ ...NOTHING, error_message: expect.stringContaining(reason) });
    }
  });

  test('wants a repository_url', async () => {
    await using parts = await startParts();
    const response = await parts.app.request('/github/verify-repository', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(422);
  });
});
