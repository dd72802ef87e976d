import { readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AgentCheck } from '../ports/agent.ts';
import { createAgentRegistry } from './registry.ts';
import type { AgentRegistryOptions } from './registry.ts';

let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'awo-agents-')));
  for (const name of ['bin', 'home/.claude', 'samples/greeter.git', 'samples-not', 'elsewhere']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await symlink(join(folder, 'elsewhere'), join(folder, 'samples', 'link'));
  const programs = {
    claude: 'echo "3.4.5 (Claude Code)"',
    codex: 'echo "codex-cli 0.1.2"',
    numbered: 'echo "3.4.5"',
    broken: 'echo "no such library" >&2; exit 9',
  };
  for (const [name, line] of Object.entries(programs)) {
    await writeFile(join(folder, 'bin', name), `#!/bin/sh\n${line}\n`);
    await chmod(join(folder, 'bin', name), 0o755);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function registry(options: Partial<AgentRegistryOptions> = {}) {
  return createAgentRegistry({
    environment: { PATH: '/usr/bin:/bin', HOME: join(folder, 'home') },
    claude: { cliPath: null, model: null, maxTurns: null },
    codex: { cliPath: null, model: null },
    gemini: { cliPath: null, model: null },
    opencode: { cliPath: null, model: null },
    acp: { commandLine: null, mode: null, passEnvironment: [], modelHosts: [] },
    command: { commandLine: null, passEnvironment: [] },
    demo: { sampleDirectory: join(folder, 'samples'), pace: 0 },
    ...options,
  });
}

describe('registry and folders agree', () => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());

  test('each folder is an agent, in the order in which a default is looked for', () => {
    const ids = registry().agents.map((agent) => agent.id);
    expect(ids).toEqual(['claude', 'codex', 'gemini', 'opencode', 'acp', 'command', 'demo']);
    expect(folders.map((entry) => entry.name).toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect(registry().find(id)?.id).toBe(id);
    expect(registry().find('unheard')).toBeUndefined();
  });

  test('each folder has its adapter and its readme', () => {
    for (const { name } of folders) {
      expect(readdirSync(join(here, name))).toEqual(expect.arrayContaining(['agent.ts', 'readme.md']));
    }
  });

  test('only agents with a model are ever chosen by themselves', () => {
    expect(
      registry()
        .agents.filter((agent) => agent.modelDriven)
        .map((agent) => agent.id),
    ).toEqual(['claude', 'codex', 'gemini', 'opencode', 'acp']);
  });
});

describe('the check of claude', () => {
  const check = async (
    environment: Record<string, string>,
    cliPath: string | null = null,
  ): Promise<AgentCheck | undefined> =>
    registry({ environment, claude: { cliPath, model: null, maxTurns: null } })
      .find('claude')
      ?.check();
  const home = (): { HOME: string } => ({ HOME: join(folder, 'home') });

  test('not installed: says how to install it', async () => {
    expect(await check({ ...home(), PATH: join(folder, 'elsewhere') })).toEqual({
      available: false,
      version: null,
      versionTried: null,
      loggedIn: null,
      problem: 'Claude Code is not installed.',
      nextStep: expect.stringContaining('npm install -g @anthropic-ai/claude-code'),
    });
  });

  test('a path that names nothing is named', async () => {
    const checked = await check({ ...home(), PATH: '/usr/bin' }, join(folder, 'nowhere'));
    expect(checked?.problem).toMatch(/^CLAUDE_CLI_PATH names no program: .*nowhere does not exist\.$/);
  });

  test('not logged in: not available, and says how to log in', async () => {
    const checked = await check({ ...home(), PATH: join(folder, 'bin') });
    expect(checked).toMatchObject({ version: '3.4.5', loggedIn: process.platform === 'darwin' ? null : false });
  });

  test.each(['ANTHROPIC_API_KEY', 'CLAUDE_CODE_OAUTH_TOKEN'])('logged in by %s', async (name) => {
    const checked = await check({ ...home(), PATH: join(folder, 'bin'), [name]: 'x' });
    expect(checked).toEqual({
      available: true,
      version: '3.4.5',
      versionTried: false,
      loggedIn: true,
      problem: null,
      nextStep: null,
    });
  });

  test('logged in by the file of the program itself', async () => {
    await writeFile(join(folder, 'home', '.credentials.json'), '{}');
    const checked = await check({ ...home(), PATH: join(folder, 'bin'), CLAUDE_CONFIG_DIR: join(folder, 'home') });
    expect(checked).toMatchObject({ available: true, loggedIn: true });
  });

  test('a program that does not start is not available', async () => {
    const checked = await check(
      { ...home(), PATH: '/usr/bin:/bin', ANTHROPIC_API_KEY: 'x' },
      join(folder, 'bin/broken'),
    );
    expect(checked).toMatchObject({ available: false, problem: 'Claude Code does not start: no such library' });
  });
});

describe('the check of codex', () => {
  const check = async (environment: Record<string, string>): Promise<AgentCheck | undefined> =>
    registry({ environment: { PATH: join(folder, 'bin'), HOME: join(folder, 'home'), ...environment } })
      .find('codex')
      ?.check();

  test('not installed: says how to install it', async () => {
    expect(await check({ PATH: join(folder, 'elsewhere') })).toMatchObject({
      available: false,
      problem: 'Codex is not installed.',
      nextStep: expect.stringContaining('npm install -g @openai/codex'),
    });
  });

  test('not logged in: not available, and says how to log in', async () => {
    expect(await check({})).toMatchObject({
      available: false,
      version: '0.1.2',
      versionTried: false,
      loggedIn: false,
      nextStep: expect.stringContaining('codex login'),
    });
  });

  test('logged in by a key; a model of one’s own may want none', async () => {
    expect(await check({ CODEX_API_KEY: 'x' })).toMatchObject({ available: true, loggedIn: true, problem: null });
    expect(await check({ OPENAI_BASE_URL: 'http://localhost/v1' })).toMatchObject({ available: true, loggedIn: null });
  });
});

describe('the check of command', () => {
  const check = (commandLine: string | null) =>
    registry({ command: { commandLine, passEnvironment: [] } })
      .find('command')
      ?.check();

  test('without a command line it says how to set one', async () => {
    for (const line of [null, '', '  ']) {
      expect(await check(line)).toMatchObject({
        available: false,
        nextStep: expect.stringContaining('--agent-command'),
      });
    }
  });

  test('the program must be there', async () => {
    expect(await check('sh -c true')).toMatchObject({ available: true, problem: null });
    expect(await check('no-such-agent-program')).toMatchObject({
      available: false,
      problem: expect.stringContaining('no-such-agent-program was not found'),
    });
  });

  test.each([
    ['"open', []],
    ['./agent.sh', []],
    ["''", []],
    ['sh', ['NOT A NAME']],
    ['sh', ['AWO_API_TOKEN']],
  ])('%j with %j is refused', (commandLine, passEnvironment) => {
    expect(() => registry({ command: { commandLine, passEnvironment } })).toThrow(
      expect.objectContaining({ code: 'configuration_invalid' }),
    );
  });
});

describe('the check of gemini and opencode', () => {
  const check = (id: 'gemini' | 'opencode', environment: Record<string, string>, cliPath = 'numbered') =>
    registry({ environment: { PATH: join(folder, 'bin'), ...environment }, [id]: { cliPath, model: null } })
      .find(id)
      ?.check();
  const HOME = (): string => join(folder, 'home');

  test('a path that names nothing is named', async () => {
    const checked = await check('gemini', { HOME: HOME() }, join(folder, 'nowhere'));
    expect(checked?.problem).toMatch(/^AWO_GEMINI_CLI_PATH names no program: .*nowhere does not exist\.$/);
  });

  test.each(['gemini', 'opencode'] as const)('%s is not logged in without a key or a file', async (id) => {
    const checked = await check(id, { HOME: HOME() });
    expect(checked).toMatchObject({ available: false, version: '3.4.5', versionTried: false, loggedIn: false });
  });

  test.each([
    ['gemini', 'GEMINI_API_KEY'],
    ['gemini', 'GOOGLE_API_KEY'],
    ['opencode', 'ANTHROPIC_API_KEY'],
  ] as const)('%s is logged in by %s', async (id, name) => {
    expect(await check(id, { HOME: HOME(), [name]: 'x' })).toMatchObject({ available: true, loggedIn: true });
  });

  test.each([
    ['gemini', '.gemini/oauth_creds.json', true],
    ['opencode', '.local/share/opencode/auth.json', true],
    // A configuration may name a provider that needs no login.
    ['opencode', '.config/opencode/opencode.json', null],
  ] as const)('%s by %s', async (id, file, loggedIn) => {
    const home = await mkdtemp(join(folder, 'home-'));
    await mkdir(join(home, file, '..'), { recursive: true });
    await writeFile(join(home, file), '{}');
    expect(await check(id, { HOME: home })).toMatchObject({ available: true, loggedIn });
  });
});

describe('the check of acp', () => {
  const acp = (commandLine: string | null, passEnvironment: readonly string[] = []) =>
    registry({ acp: { commandLine, mode: null, passEnvironment, modelHosts: [] } }).find('acp');

  test('is there once its program is named', async () => {
    const nextStep: unknown = expect.stringContaining('AWO_ACP_COMMAND');
    expect(await acp(null)?.check()).toMatchObject({ available: false, nextStep });
    expect(await acp('sh -c true')?.check()).toMatchObject({ available: true, problem: null });
    const problem: unknown = expect.stringContaining('no-such-agent was not found');
    expect(await acp('no-such-agent --acp')?.check()).toMatchObject({ available: false, problem });
  });

  test.each([
    ['"open', []],
    ['./agent.sh', []],
    ['sh', ['AWO_API_TOKEN']],
  ])('%j with %j is refused', (commandLine, passEnvironment) => {
    expect(() => acp(commandLine, passEnvironment)).toThrow(expect.objectContaining({ code: 'configuration_invalid' }));
  });
});

test('demo refuses every repository but those below its own folder', () => {
  const demo = registry().find('demo');
  const refuses = (repositoryUrl: string) => demo?.refuses({ repositoryUrl });
  expect(refuses(join(folder, 'samples', 'greeter.git'))).toBeNull();
  expect(refuses(pathToFileURL(join(folder, 'samples', 'greeter.git')).href)).toBeNull();
  const others = [
    'https://example.com/a/b',
    'git@example.com:a/b',
    join(folder, 'samples'),
    join(folder, 'samples-not'),
    join(folder, 'samples', 'link'),
    join(folder, 'samples', '..', 'elsewhere'),
    join(folder, 'samples', 'absent.git'),
    'samples/greeter.git',
  ];
  expect(others.filter((url) => refuses(url) === null)).toEqual([]);
  expect(refuses('https://example.com/a/b')).toMatch(/own sample/);
});
