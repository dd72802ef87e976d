import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KnownRepositorySchema } from '../../src/contract/known-repository.ts';
import { Awo, awo, temporaryFolder } from './awo.ts';

const URL_OF_SHOP = 'https://example.test/you/shop.git';
const ADD = ['add', URL_OF_SHOP, '--no-verify'];

async function home() {
  const folder = await temporaryFolder();
  const data = join(folder, 'data');
  const run = (...args: readonly string[]) => awo(['repositories', ...args], folder, { AWO_DATA_DIR: data });
  /** Runs a command that succeeds, and reads the repository that it prints. */
  const repository = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await run(...args, '--json');
    expect([code, stderr]).toEqual([0, '']);
    return KnownRepositorySchema.strict().parse(JSON.parse(stdout));
  };
  return { folder, data, run, repository };
}

describe('without a service', () => {
  test('a new machine has none, and reading makes nothing', async () => {
    const { run, data } = await home();
    expect(await run('--json')).toMatchObject({ code: 0, stdout: '[]\n' });
    expect((await run()).stderr).toBe('No repository is known. Add one with: awo repositories add URL\n');
    expect(await run('show', URL_OF_SHOP)).toMatchObject({ code: 1, stdout: '' });
    await expect(access(data)).rejects.toThrow('ENOENT');
  });

  test('one is added, changed, shown, listed and removed, by its URL and by its id', async () => {
    const { run, repository } = await home();
    const flags = ['--agent', 'claude', '--model', 'opus', '--check', 'npm ci', '--check', 'npm test'];
    const more = ['--base-branch', 'develop', '--step-agent', 'plan=codex', '--sandbox', 'git_branch'];
    const added = await repository(...ADD, ...flags, ...more);
    expect(added).toMatchObject({
      default_agent: 'claude',
      default_model: 'opus',
      default_step_agents: { plan: { agent: 'codex', model: null } },
      default_sandbox_type: 'git_branch',
      default_base_branch: 'develop',
      checks: ['npm ci', 'npm test'],
    });
    const id = added.repository_id;
    const set = [
      'set',
      'https://example.test/you/shop',
      '--name',
      'The shop',
      '--clear',
      'model',
      '--clear',
      'step-agent',
    ];
    const changed = { ...added, display_name: 'The shop', default_model: null, default_step_agents: {} };
    expect(await repository(...set)).toEqual({ ...changed, updated_at: expect.any(String) });
    expect(await repository('show', id)).toMatchObject({ display_name: 'The shop', checks: ['npm ci', 'npm test'] });
    const shown = (await run('show', id)).stdout;
    expect(shown).toMatch(/^Repository +repo-.*\nName +The shop\nURL +https.*\nAgent +claude\n/);
    expect(shown).toMatch(/\nChecks +npm ci\n +npm test\n/);
    expect((await run()).stdout).toMatch(
      new RegExp(`^ID +USED +AGENT +BASE +CHECKS +REPOSITORY\\n${id} +never +claude +develop +2 +The shop\\n$`),
    );
    expect(await run('remove', URL_OF_SHOP)).toMatchObject({ code: 0, stdout: expect.stringContaining(id) });
    const gone = await run('show', URL_OF_SHOP);
    expect(gone).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`The repository ${URL_OF_SHOP} is not known.`),
    });
    expect(gone.stderr).toContain('Next: List the repositories');
  });

  test('a folder of this machine is looked at, and found again by its folder', async () => {
    const { run, repository, folder } = await home();
    const path = join(folder, 'shop');
    const git = (...args: string[]) =>
      promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.test', ...args]);
    await git('init', '-q', '-b', 'trunk', path);
    expect((await run('add', path)).stderr).toContain('--no-verify');
    await git('-C', path, 'commit', '-q', '--allow-empty', '-m', 'Begin');
    expect(await repository('add', path)).toMatchObject({ repository_name: 'shop', default_branch: 'trunk' });
    expect(await repository('show', path)).toMatchObject({ verification_error: null });
  });
});

test('a running service keeps them, and takes each change', async () => {
  const { run, repository, folder, data } = await home();
  const service = new Awo(['serve', '--port', '0'], folder, { AWO_DATA_DIR: data });
  await service.shows(/ready at/);
  const { repository_id } = await repository(...ADD);
  expect(await repository('set', repository_id, '--check', 'make')).toMatchObject({ checks: ['make'] });
  const again = await run(...ADD);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining(`is known as ${repository_id}`) });
  expect(again.stderr).toContain('Next: Change the one that is named');
});

describe('what does not fit', () => {
  test('is said by the field', async () => {
    const { run } = await home();
    const refused = await run(...ADD, '--base-branch', 'a..b', '--model', 'opus');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('default_base_branch This is not the name of a branch.');
    expect(refused.stderr).toContain('default_model A model needs default_agent beside it.');
    const unknown = await run(...ADD, '--agent', 'hal', '--json');
    expect(JSON.parse(unknown.stderr)).toMatchObject({
      error: { code: 'agent_unavailable', errors: [{ path: 'default_agent' }] },
    });
  });

  test.each([
    [['drop'], 'too many arguments'],
    [['add'], "missing required argument 'url'"],
    [['set', URL_OF_SHOP], 'name what to change'],
    [['set', URL_OF_SHOP, '--clear', 'everything'], 'Give one of name, agent'],
    [['add', URL_OF_SHOP, '--sandbox', 'e2b'], 'Allowed choices are git_worktree'],
  ])('%j is a usage error', async (args, words) => {
    const { run } = await home();
    const { code, stdout, stderr } = await run(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });
});

test('each command below explains itself', async () => {
  const { run } = await home();
  for (const name of ['add', 'set', 'show', 'verify', 'remove']) {
    const { code, stdout } = await run(name, '--help');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`awo repositories ${name} `)]);
    expect(stdout).toContain('--json');
  }
});
