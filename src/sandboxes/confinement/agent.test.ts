import { chmod, cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { runAsAgent } from '../../../test/programs/confined.ts';
import { detectConfinement } from './detect.ts';

const here = await detectConfinement('auto');
let place = '';
let directory = '';

beforeEach(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), 'awo-agent-')));
  directory = join(place, 'data/work-orders/wo-1/tree');
  await mkdir(directory, { recursive: true });
  for (const name of ['data/work-orders.db', 'data/work-orders/wo-2/tree/file', 'home/.ssh/id', 'shown/file']) {
    await mkdir(dirname(join(place, name)), { recursive: true });
    await writeFile(join(place, name), 'content\n');
  }
});

afterEach(async () => {
  await rm(place, { recursive: true });
});

type Input = Parameters<typeof runAsAgent>[1];
const run = (input: Partial<Input>, confinement = here) =>
  runAsAgent(confinement, { directory, writable: [directory], ...input });

/** Which of these paths a confined shell sees. */
async function seen(paths: readonly string[], input: Partial<Input> = {}, confinement = here) {
  const script = `for path in ${paths.map((path) => `'${path}'`).join(' ')}; do [ ! -e "$path" ] || echo "$path"; done`;
  const { end, stdout } = await run({ script, ...input }, confinement);
  expect(end.exitCode).toBe(0);
  return stdout;
}

describe.skipIf(here.report.kind === 'none')(`a confined agent ${here.report.problem ?? ''}`, () => {
  test('sees the system and its folders, and nothing else of the machine', async () => {
    const within = (name: string) => join(place, name);
    const shown = ['/usr', '/bin/sh', '/etc/passwd', '/etc/hosts', directory, within('shown/file')];
    const hidden = ['data/work-orders.db', 'data/work-orders/wo-2', 'home', 'home/.ssh/id'].map(within);
    const ofTheMachine = ['/root', '/home', '/run', '/var/run', '/var/lib', '/sys', '/boot', '/mnt', '/srv'];
    const secrets = ['/etc/shadow', '/etc/gitconfig', '/etc/npmrc', '/etc/ssl/private', '/run/docker.sock'];
    const paths = [...shown, ...hidden, ...ofTheMachine, ...secrets, import.meta.dirname];
    expect(await seen(paths, { readable: [within('shown')] })).toEqual(shown);
  });

  test('reads in /etc what names hosts and trusts certificates, through links too', async () => {
    const { stdout } = await run({
      script: 'cat /etc/resolv.conf /etc/hosts | grep -c .; ls /etc/ssl/certs | head -1',
    });
    const lines = `${await readFile('/etc/resolv.conf', 'utf8')}\n${await readFile('/etc/hosts', 'utf8')}`.split('\n');
    expect(stdout[0]).toBe(String(lines.filter((line) => line !== '').length));
    expect(stdout).toHaveLength(2);
  });

  test('sees neither the processes nor the sockets of others', async () => {
    const socket = join(place, 'home/agent.sock');
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    const script = `echo $$; ls /proc | grep -c '^[0-9]'; cat /proc/${process.pid}/environ; test -S '${socket}' && echo there`;
    const { stdout } = await run({ script, env: { PATH: '/usr/bin:/bin', SSH_AUTH_SOCK: socket } });
    expect(stdout[0]).toBe('2');
    expect(Number(stdout[1])).toBeLessThan(7);
    expect(stdout).toHaveLength(2);
  });

  test('has no capability, and makes no namespace for more', async () => {
    const script = "grep '^Cap' /proc/self/status | cut -f2 | sort -u; unshare --user true 2>/dev/null && echo made";
    const { stdout } = await run({ script });
    expect(stdout).toEqual(['0000000000000000']);
  });

  test('writes in its folders and in a /tmp of its own, and nowhere else', async () => {
    const shown = join(place, 'shown');
    await chmod(shown, 0o777);
    const places = ['/', '/usr', '/etc', '/opt', '/var', '/proc/sys/kernel', shown];
    const script = `${places.map((path) => `(echo x > "${path}/new") 2>/dev/null && echo "${path}"`).join('; ')}
      echo x > new; echo x > /tmp/awo-new; echo x > /var/tmp/new; echo x > /dev/shm/new && echo done`;
    expect((await run({ script, readable: [shown] })).stdout).toEqual(['done']);
    expect(await readFile(join(directory, 'new'), 'utf8')).toBe('x\n');
    await expect(readFile('/tmp/awo-new')).rejects.toThrow('ENOENT');
    // In these tests the folders lie below /tmp, and what is around them is of its own too.
    await run({ script: 'echo x > ../new; echo x > ../../../../new' });
    for (const around of ['data/work-orders/wo-1/new', 'new']) {
      await expect(readFile(join(place, around))).rejects.toThrow('ENOENT');
    }
  });

  test('does not see the data folder even where a folder around it is shown', async () => {
    const hidden = [join(place, 'data')];
    const confinement = await detectConfinement('auto', { readable: [place], hidden });
    const paths = ['home/.ssh/id', 'data/work-orders.db', 'data/work-orders/wo-2', 'data/work-orders/wo-1/tree'];
    const visible = await seen(
      paths.map((path) => join(place, path)),
      {},
      confinement,
    );
    expect(visible).toEqual([join(place, 'home/.ssh/id'), directory]);
  });

  test('gets the environment as it is, and of PATH the folders that are inside', async () => {
    const env = { PATH: `${place}/home:/usr/bin:relative:${place}/shown:/bin`, NAME: 'a "b" $c' };
    const { stdout } = await run({ script: 'echo "$PATH"; echo "$NAME"', env, readable: [join(place, 'shown')] });
    expect(stdout).toEqual([`/usr/bin:${place}/shown:/bin`, 'a "b" $c']);
  });

  test('sees the certificates that its environment names', async () => {
    const file = join(place, 'home/ca.pem');
    await writeFile(file, '');
    const env = { PATH: '/usr/bin:/bin', NODE_EXTRA_CA_CERTS: file };
    expect(await seen([file, join(place, 'home/.ssh')], { env })).toEqual([file]);
  });

  test('gains nothing by links that it has laid in its folders', async () => {
    await symlink(join(place, 'home'), join(directory, 'link'));
    const readable = [join(directory, 'link/.ssh/id'), join(directory, 'made/deep')];
    expect(await seen([join(place, 'home/.ssh/id'), join(directory, 'link/.ssh/id')], { readable })).toEqual([]);
  });

  test('runs where its folders are reached through a link', async () => {
    await symlink(place, `${place}-link`);
    onTestFinished(() => rm(`${place}-link`));
    const linked = join(`${place}-link`, 'data/work-orders/wo-1/tree');
    const { stdout } = await run({ script: 'pwd -P; echo x > new', directory: linked, writable: [linked] });
    expect(stdout).toEqual([directory]);
    expect(await readFile(join(directory, 'new'), 'utf8')).toBe('x\n');
  });

  test('runs with its Node from awkward places: a link into packages, an interpreter on PATH below a home', async () => {
    const prefix = join(place, 'home/.nvm/versions/node/v24');
    const agent = join(prefix, 'lib/node_modules/@x/agent');
    await mkdir(join(prefix, 'bin'), { recursive: true });
    await mkdir(join(prefix, 'lib/node_modules/@x/agent-linux'), { recursive: true });
    await mkdir(agent);
    await cp(process.execPath, join(prefix, 'bin/node'));
    await writeFile(join(agent, 'package.json'), '{"type": "module"}');
    await writeFile(join(prefix, 'lib/node_modules/@x/agent-linux/index.js'), 'exports.platform = "linux";');
    await writeFile(join(prefix, 'lib/node_modules/@x/agent-linux/package.json'), '{}');
    const text = "import { platform } from '@x/agent-linux';\nconsole.log(platform, process.execPath);\n";
    await writeFile(join(agent, 'cli.js'), `#!/usr/bin/env node\n${text}`, { mode: 0o755 });
    await symlink('../lib/node_modules/@x/agent/cli.js', join(prefix, 'bin/agent'));
    await symlink(join(prefix, 'bin'), join(place, 'home/multishell'));
    const PATH = `${place}/home/multishell:/usr/bin:/bin`;
    for (const file of [join(prefix, 'bin/agent'), 'agent']) {
      const { stdout, stderr } = await run({ file, args: [], env: { PATH } });
      expect([stdout, stderr]).toEqual([[`linux ${join(prefix, 'bin/node')}`], '']);
    }
    expect(await seen([join(prefix, 'bin/node'), join(place, 'home/.ssh')], { env: { PATH } })).toEqual([
      join(prefix, 'bin/node'),
    ]);
  });
});
