import { execFile } from 'node:child_process';
import { mkdir, readFile, readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Awo, awo, temporaryFolder } from './awo.ts';

const READY = /^Agent Work Orders ready at (http:\/\/127\.0\.0\.1:\d+) \(pid (\d+)\)\n$/;
const EventLine = z.object({ agent_work_order_id: z.string(), seq: z.int(), type: z.string() });

async function home() {
  const folder = await temporaryFolder();
  const environment = { AWO_DATA_DIR: join(folder, 'data'), AWO_DEMO_PACE: '0' };
  return { folder, environment, data: environment.AWO_DATA_DIR };
}

async function serve({ folder, environment }: Awaited<ReturnType<typeof home>>, ...flags: string[]) {
  const service = new Awo(['serve', '--port', '0', ...flags], folder, environment);
  const [, url = '', pid = ''] = await service.shows(READY);
  return { service, url, pid: Number(pid) };
}

async function repository(folder: string): Promise<string> {
  const path = join(folder, 'repository');
  const git = (...args: string[]) =>
    promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.test', ...args]);
  await git('init', '-q', '-b', 'main', path);
  await writeFile(join(path, 'readme.md'), 'Hello\n');
  await git('-C', path, 'add', '.');
  await git('-C', path, 'commit', '-q', '-m', 'Begin');
  return path;
}

function eventsIn(stdout: string) {
  return stdout
    .trim()
    .split('\n')
    .map((line) => EventLine.parse(JSON.parse(line)));
}

describe('serve', () => {
  test('says one line, can be found by the other commands, and ends cleanly', async () => {
    const here = await home();
    const { service, url, pid } = await serve(here);
    const file: unknown = JSON.parse(await readFile(join(here.data, 'service.json'), 'utf8'));
    expect(file).toMatchObject({ url, pid });
    expect((await stat(join(here.data, 'service.json'))).mode & 0o777).toBe(0o600);
    expect(pid).toBe(service.process.pid);
    expect((await awo(['list', '--json'], here.folder, here.environment)).stdout).toBe('[]\n');
    service.process.kill('SIGTERM');
    const { code, stdout } = await service.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(READY);
  });

  test('says in one sentence who has the data folder, and that a port is taken', async () => {
    const here = await home();
    const { url } = await serve(here);
    const second = await awo(['serve', '--port', '0'], here.folder, here.environment);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`belongs to the service at ${url}`);
    const other = { ...here.environment, AWO_DATA_DIR: join(here.folder, 'other') };
    const third = await awo(['serve', '--port', new URL(url).port], here.folder, other);
    expect(third.code).toBe(1);
    expect(third.stderr).toMatch(/^awo: Cannot listen on .*\nNext: .*\n$/m);
  });
});

describe('a damaged database', () => {
  const damages: Readonly<Record<string, (path: string) => Promise<void>>> = {
    'that is no database': (path) => writeFile(path, 'Dear diary,\n'.repeat(1_000)),
    'that is empty': (path) => writeFile(path, ''),
    'that was cut in the middle': (path) => truncate(path, 8_192),
  };
  test.each(Object.entries(damages))('%s is refused with what to do, and left as it is', async (_name, damage) => {
    const here = await home();
    const { service } = await serve(here);
    service.process.kill('SIGTERM');
    expect((await service.ended).code).toBe(0);
    const path = join(here.data, 'work-orders.db');
    await damage(path);
    const before = await readFile(path);
    for (const command of [['serve', '--port', '0'], ['list'], ['run', here.folder, 'Add dark mode']]) {
      const { code, stderr } = await awo(command, here.folder, here.environment);
      expect([command[0], code]).toEqual([command[0], 1]);
      expect(stderr).toMatch(/^awo: .*cannot be read.*\nNext: Restore it from a backup; it is left as it is\.\n$/m);
    }
    expect((await readFile(path)).equals(before)).toBe(true);
    expect((await readdir(here.data)).filter((name) => name.endsWith('.db'))).toEqual(['work-orders.db']);
  });
});

describe('a work order', () => {
  test('of the demonstration is completed by a service of its own, and can be read afterwards', async () => {
    const here = await home();
    const { code, stdout } = await awo(['demo', '--json'], here.folder, here.environment);
    const events = eventsIn(stdout);
    expect(code).toBe(0);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.at(-1)?.type).toBe('work_order_completed');
    const id = events[0]?.agent_work_order_id ?? '';
    const shown = await awo(['show', id], here.folder, here.environment);
    expect(shown.stdout).toMatch(/Status +completed: branch_pushed/);
    expect(shown.stdout.match(/#1 +succeeded/g)).toHaveLength(7);
    const logged = await awo(['logs', id, '--step', 'implement'], here.folder, here.environment);
    expect(logged.stdout).toContain('running node --test');
    const search = ['logs', id, '--event', 'tool_call,text', '--text', 'RUNNING node', '--json'];
    const found = await awo(search, here.folder, here.environment);
    expect(JSON.parse(found.stdout)).toMatchObject({ event: 'tool_call', message: 'running node --test' });
    const watched = await awo(['watch', id], here.folder, here.environment);
    expect(watched.code).toBe(0);
    expect(watched.stdout).toMatch(/create_pr +succeeded in/);
    expect(watched.stdout).not.toContain('\u001b');
  });

  test('that fails ends with 1, and says what to do', async () => {
    const here = await home();
    const path = await repository(here.folder);
    const agent = ['--agent', 'command', '--agent-command', 'false'];
    const { code, stdout } = await awo(['run', path, 'Add a page', ...agent], here.folder, here.environment);
    expect(code).toBe(1);
    expect(stdout).toMatch(/failed at classify: .*\(agent_crashed\)\nNext: /);
  });

  test('is cancelled by Ctrl-C at once where nobody can be asked, and ends with 130', async () => {
    const here = await home();
    const path = await repository(here.folder);
    const agent = ['--agent', 'command', '--agent-command', 'sleep 600'];
    const run = new Awo(['run', path, 'Add a page', ...agent], here.folder, here.environment);
    await run.shows(/classify +prompt of/);
    run.process.kill('SIGINT');
    const { code, stdout } = await run.ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/cancelled/);
  });

  test('of a running service is made, cancelled and watched from outside', async () => {
    const here = await home();
    const path = await repository(here.folder);
    const agent = ['--agent', 'command', '--agent-command', 'sleep 600'];
    await serve(here, ...agent, '--allow-local', here.folder);
    const made = await awo(['run', path, 'Add a page', '--detach'], here.folder, here.environment);
    expect(made.code).toBe(0);
    const id = made.stdout.trim();
    const watch = new Awo(['watch', id], here.folder, here.environment);
    await watch.shows(/classify +prompt of/);
    const cancelled = await awo(['cancel', id, '--json'], here.folder, here.environment);
    expect(cancelled.code).toBe(0);
    expect(JSON.parse(cancelled.stdout)).toMatchObject({ agent_work_order_id: id, status: 'cancelled' });
    expect((await watch.ended).code).toBe(130);
    expect((await awo(['cancel', id], here.folder, here.environment)).code).toBe(1);
  });

  test('goes on in another process when the one that carried it is killed', async () => {
    const here = await home();
    const slow = { ...here.environment, AWO_DEMO_PACE: '0.2' };
    const first = new Awo(['demo'], here.folder, slow);
    const [, id = ''] = await first.shows(/(wo-[a-z0-9]+) created/);
    const watch = new Awo(['demo', '--json'], here.folder, slow);
    await watch.shows(/work_order_created/);
    first.process.kill('SIGKILL');
    expect((await watch.ended).code).toBe(0);
    const list = await awo(['watch', id], here.folder, here.environment);
    expect(list.stdout).toContain('created');
  });
});

test('doctor says what is there, and works on a new machine', async () => {
  const here = await home();
  const { code, stdout } = await awo(['doctor', '--json'], here.folder, here.environment);
  expect(code).toBe(0);
  const { findings } = z
    .object({ findings: z.array(z.object({ name: z.string(), state: z.string() })) })
    .parse(JSON.parse(stdout));
  for (const name of ['node', 'git', 'store', 'data folder', 'demo']) {
    expect(findings).toContainEqual(expect.objectContaining({ name, state: 'good' }));
  }
});

test('doctor says how many mirrors and work orders there are, and what they take', async () => {
  const here = await home();
  const sandboxes = join(here.folder, 'sandboxes');
  for (const path of ['mirrors/a.git', 'mirrors/b.git', 'work-orders/wo-a']) {
    await mkdir(join(sandboxes, path), { recursive: true });
  }
  await writeFile(join(sandboxes, 'mirrors/a.git/pack'), Buffer.alloc(3_000_000, 1));
  const environment = { ...here.environment, AWO_TEMP_DIR: sandboxes };
  const { stdout } = await awo(['doctor'], here.folder, environment);
  expect(stdout).toMatch(/mirrors +2 in .*sandboxes\/mirrors, 3\.\d MB/);
  expect(stdout).toMatch(/work orders +1 in .*sandboxes\/work-orders, \d+/);
});
