import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Awo, awo, temporaryFolder } from './awo.ts';

const CONTROLS = [
  'retry',
  'rewind',
  'fork',
  'plan',
  'approve',
  'reject',
  'prompt',
  'prompts',
  'pause',
  'resume',
  'budget',
  'gc',
  'backup',
  'restore',
  'drain',
];
const OTHERS = ['repositories', 'demo', 'doctor'];
const COMMANDS = ['serve', 'run', 'list', 'show', 'watch', 'logs', 'why', 'cancel', ...CONTROLS, ...OTHERS];
const BIN = resolve(import.meta.dirname, '../../src/cli/bin.ts');

test('awo --help names every command', async () => {
  const { code, stdout, stderr } = await awo(['--help'], await temporaryFolder());
  expect([code, stderr]).toEqual([0, '']);
  const listed = [...stdout.matchAll(/^ {2}([a-z]+)(?= )/gm)].map(([, name]) => name);
  expect(listed.filter((name) => name !== 'awo' && name !== 'help')).toEqual(COMMANDS);
});

test.each(COMMANDS)('awo %s --help explains it, with examples, and it can print JSON', async (command) => {
  const { code, stdout } = await awo([command, '--help'], await temporaryFolder());
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`Examples:\\n[^]*awo ${command}`));
  expect(stdout).toContain('--json');
  expect(stdout).toContain('--data-dir <DIR>');
});

test('awo --version shows the version', async () => {
  expect((await awo(['--version'], await temporaryFolder())).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([
  [[], 'Usage: awo'],
  [['shw'], 'Did you mean show?'],
  [['retrieve', 'wo-1'], "unknown command 'retrieve'"],
  [['retry', 'wo-1', '--from', 'nowhere'], 'Allowed choices are classify'],
  [['retry', 'wo-1', '--keep-works'], '--keep-work'],
  [['reject', 'wo-1'], "required option '--reason <TEXT>' not specified"],
  [['run', 'here'], "missing required argument 'request'"],
  [['list', '--colour'], "unknown option '--colour'"],
  [['list', '--limit', 'many'], 'Give a whole number'],
  [['logs', 'wo-1', '--step', 'plann'], 'Allowed choices are classify'],
  [['serve', '--api-token', 'x'], "unknown option '--api-token'"],
])('%j is a usage error', async (args, words) => {
  const { code, stdout, stderr } = await awo(args, await temporaryFolder());
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(words);
});

describe('what does not fit', () => {
  test('in the environment and the flags is named all at once', async () => {
    const { code, stderr } = await awo(['serve', '--port', 'x'], await temporaryFolder(), { AWO_PROT: '1' });
    expect(code).toBe(1);
    expect(stderr).toContain('--port is "x"; allowed is a whole number from 0 to 65535');
    expect(stderr).toContain('AWO_PROT is not a setting. Did you mean AWO_PORT?');
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  test('in the file is named with the file, and a named file must exist', async () => {
    const home = await temporaryFolder();
    const file = join(home, 'awo.json');
    expect((await awo(['list', '--config', file], home)).stderr).toContain(`${file} cannot be read`);
    await writeFile(file, '{ "agent": "cluade" }');
    const { stderr } = await awo(['list', '--config', file], home);
    expect(stderr).toContain(`agent in ${file} is "cluade"`);
    await writeFile(file, '{');
    expect((await awo(['list'], home, { AWO_CONFIG: file })).stderr).toContain(`${file} is not JSON`);
  });

  test('is JSON with --json', async () => {
    const { stderr } = await awo(['show', 'no id', '--json'], await temporaryFolder());
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'invalid_request', errors: [] } });
  });
});

test('on a new machine there are no work orders, and reading makes nothing', async () => {
  const home = await temporaryFolder();
  const data = join(home, 'data');
  const { code, stdout } = await awo(['list', '--json', '--data-dir', data], home);
  expect([code, stdout]).toEqual([0, '[]\n']);
  const { code: missing, stderr } = await awo(['show', 'wo-1', '--data-dir', data], home);
  expect(missing).toBe(1);
  expect(stderr).toContain('awo serve');
});

test('a reader that goes away is no error', async () => {
  const command = new Awo(['--help'], await temporaryFolder());
  command.process.stdout.destroy();
  expect(await command.ended).toMatchObject({ code: 0, stderr: '' });
});

test('the published command says what to do on an older Node', async () => {
  const pretend = `Object.defineProperty(process.versions, 'node', { value: '20.11.0' }); import(${JSON.stringify(BIN)})`;
  const failed: { code?: unknown; stderr?: string } = await promisify(execFile)(process.execPath, ['-e', pretend]).then(
    () => ({}),
    (error: { code?: unknown; stderr?: string }) => error,
  );
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/needs Node 24 or newer, and this is Node 20\.11\.0\.\nNext: install it/);
});
