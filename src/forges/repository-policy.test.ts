import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WorkOrderError } from '../domain/errors.ts';
import { createRepositoryPolicy } from './repository-policy.ts';

let folder = '';
const policy = () => createRepositoryPolicy({ allowedLocalRoots: [join(folder, 'allowed')] });

async function reasonFor(repositoryUrl: string): Promise<string> {
  const answer = await policy()
    .accept({ repositoryUrl })
    .catch((error: unknown) => error);
  if (!(answer instanceof WorkOrderError)) throw new Error(`accepted as ${String(answer)}`);
  expect(answer.code).toBe('repository_url_refused');
  expect(answer.faults[0]?.path).toBe('repository_url');
  return answer.faults[0]?.message ?? '';
}

/** What makes a folder a bare repository to a reader. */
async function makeRepository(path: string): Promise<void> {
  await mkdir(join(path, 'objects'), { recursive: true });
  await mkdir(join(path, 'refs'));
  await writeFile(join(path, 'HEAD'), 'ref: refs/heads/main\n');
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'awo-policy-')));
  await makeRepository(join(folder, 'allowed', 'bare.git'));
  await makeRepository(join(folder, 'allowed', 'clone', '.git'));
  await makeRepository(join(folder, 'allowed', 'my repository'));
  await makeRepository(join(folder, 'secret.git'));
  await makeRepository(join(folder, 'allowed-not', 'bare.git'));
  await mkdir(join(folder, 'allowed', 'plain'));
  await symlink(join(folder, 'secret.git'), join(folder, 'allowed', 'link'));
  await symlink(join(folder, 'allowed', 'bare.git'), join(folder, 'allowed', 'inner-link'));
  await mkdir(join(folder, 'allowed', 'borrowed'));
  await symlink(join(folder, 'secret.git'), join(folder, 'allowed', 'borrowed', '.git'));
  await mkdir(join(folder, 'allowed', 'gitfile'));
  await writeFile(join(folder, 'allowed', 'gitfile', '.git'), `gitdir: ${join(folder, 'secret.git')}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('accepted, in the form that is stored', () => {
  test.each([
    ['https://github.com/ada/engine', 'https://github.com/ada/engine'],
    ['https://github.com/ada/engine.git/', 'https://github.com/ada/engine.git'],
    ['HTTPS://GitHub.com/Ada/Engine', 'https://github.com/Ada/Engine'],
    ['https://git.example.org:443/a/b.git', 'https://git.example.org/a/b.git'],
    ['https://git.example.org:8443/a/b.git', 'https://git.example.org:8443/a/b.git'],
    ['https://10.0.0.7/a/b', 'https://10.0.0.7/a/b'],
    ['https://[2001:db8::7]/a/b', 'https://[2001:db8::7]/a/b'],
    ['http://127.0.0.1:3000/a/b.git', 'http://127.0.0.1:3000/a/b.git'],
    ['http://localhost/a/b', 'http://localhost/a/b'],
    ['http://[::1]:3000/a/b', 'http://[::1]:3000/a/b'],
    ['ssh://git@github.com/ada/engine.git', 'ssh://git@github.com/ada/engine.git'],
    ['ssh://git.example.org:2222/~ada/engine', 'ssh://git.example.org:2222/~ada/engine'],
    ['git@github.com:ada/engine.git', 'git@github.com:ada/engine.git'],
    ['deploy@Git.Example.org:/srv/engine.git', 'deploy@git.example.org:/srv/engine.git'],
  ])('%s', async (repositoryUrl, stored) => {
    await expect(policy().accept({ repositoryUrl })).resolves.toBe(stored);
    await expect(policy().accept({ repositoryUrl: stored })).resolves.toBe(stored);
  });
});

describe('refused, with the reason', () => {
  test.each([
    ['', /empty/],
    [`https://github.com/${'a'.repeat(3000)}`, /longer/],
    ['--upload-pack=touch /tmp/x', /space/],
    ['--upload-pack=touch', /dash/],
    ['-oProxyCommand=x', /dash/],
    ['https://github.com/a b', /space/],
    ['https://github.com/a\n/b', /line end/],
    ['https://github.com/a\u0000b', /control/],
    ['https://github.com/a\u202eb', /control/],
    ['https:\\\\github.com\\a', /backslash/],
    ['ext::sh -c touch', /space/],
    ['ext::sh', /run programs/],
    ['fd::17', /run programs/],
    ['http::http://127.0.0.1/a', /run programs/],
    ['::a', /run programs/],
    ['git://github.com/a/b', /protocol git/],
    ['ftp://host/a', /protocol ftp/],
    ['ftps://host/a', /protocol ftps/],
    ['git+ssh://git@host/a', /protocol/],
    ['https:/github.com/a', /neither a URL/],
    ['https:github.com/a', /neither a URL/],
    ['https:///a', /no host/],
    ['https://github.com', /no path/],
    ['https://github.com/', /no path/],
    ['https://token@github.com/a/b', /credentials/],
    ['https://ada:secret@github.com/a/b', /credentials/],
    ['https://github.com/a/b?x=1', /query/],
    ['https://github.com/a/b#main', /fragment/],
    ['https://github.com/a/../b', /\.\./],
    ['https://github.com/a/%2e%2e/b', /\.\./],
    ['https://github.com/a%0ab', /control/],
    ['https://github.com/a%zz', /escape/],
    ['https://github.com/ext::sh', /::/],
    ['https://github.com:0/a', /port/],
    ['https://github.com:99999/a', /URL|port/],
    ['https://github.com./a/b', /unusual/],
    ['https://git_hub.com/a/b', /unusual/],
    ['https://b\u00fccher.example/a', /unusual/],
    ['http://github.com/a/b', /https/],
    ['http://127.0.0.1.evil.example/a', /https/],
    ['http://2130706433/a', /unusual/],
    ['http://0x7f000001/a', /unusual/],
    ['http://0x7f.1/a', /unusual/],
    ['http://017700000001/a', /unusual/],
    ['http://127.1/a', /unusual/],
    ['https://2130706433/a', /unusual/],
    ['https://0.0.0.0/a', /0\.0\.0\.0/],
    ['https://[::]/a', /unusual/],
    ['https://[::ffff:127.0.0.1]/a', /unusual/],
    ['https://[::ffff:7f00:1]/a', /unusual/],
    ['https://[::7f00:1]/a', /unusual/],
    ['https://[0:0:0:0:0:0:0:1]/a', /unusual/],
    ['https://[64:ff9b::7f00:1]/a', /unusual/],
    ['ssh://-oProxyCommand=x/a', /unusual/],
    ['ssh://git@-host/a', /unusual/],
    ['ssh://git:secret@host/a', /password/],
    ['ssh://-l@host/a', /user name/],
    ['ssh://git@host/../a', /\.\./],
    ['ssh://git@host/$(touch)', /characters/],
    ['ssh://git@0x7f000001/a', /unusual/],
    ['git@host:-a', /characters/],
    ['git@host:../a', /\.\./],
    ['git@host:a;b', /characters/],
    ['git@-host:a', /unusual/],
    ['git@host:', /neither a URL/],
    ['-git@host:a', /dash/],
    ['git:secret@host:a', /password/],
    ['host:path', /neither a URL/],
    ['relative/path', /neither a URL/],
    ['./here', /neither a URL/],
    ['C:/repository', /neither a URL/],
    ['file://host/srv/a', /no host/],
    ['file:relative', /neither a URL/],
  ])('%j', async (repositoryUrl, reason) => {
    expect(await reasonFor(repositoryUrl)).toMatch(reason);
  });
});

describe('local repositories', () => {
  test('below an allowed folder they become their real path', async () => {
    const accept = (repositoryUrl: string) => policy().accept({ repositoryUrl });
    const bare = join(folder, 'allowed', 'bare.git');
    await expect(accept(bare)).resolves.toBe(bare);
    await expect(accept(`${bare}/`)).resolves.toBe(bare);
    await expect(accept(`file://${bare}`)).resolves.toBe(bare);
    await expect(accept(`file://localhost${bare}`)).resolves.toBe(bare);
    await expect(accept(join(folder, 'allowed', 'inner-link'))).resolves.toBe(bare);
    await expect(accept(join(folder, 'allowed', 'clone'))).resolves.toBe(join(folder, 'allowed', 'clone'));
    const spaced = join(folder, 'allowed', 'my repository');
    await expect(accept(spaced)).resolves.toBe(spaced);
    await expect(accept(`file://${spaced.replace(' ', '%20')}`)).resolves.toBe(spaced);
  });

  test.each([
    ['elsewhere', 'secret.git', /below an allowed/],
    ['a neighbour whose name begins the same', 'allowed-not/bare.git', /below an allowed/],
    ['by a link that leads out', 'allowed/link', /below an allowed/],
    ['by .. in the path', 'allowed/../secret.git', /\.\./],
    ['by .. in escapes', 'allowed/%2e%2e/secret.git', /below an allowed/],
    ['a .git that leads out', 'allowed/borrowed', /outside/],
    ['a .git file that names another folder', 'allowed/gitfile', /not a git repository/],
    ['a folder that is no repository', 'allowed/plain', /not a git repository/],
    ['what does not exist', 'allowed/nothing', /below an allowed/],
  ])('%s is refused', async (_, path, reason) => {
    expect(await reasonFor(`${folder}/${path}`)).toMatch(reason);
  });

  test('escapes in a file:// URL do not lead out', async () => {
    expect(await reasonFor(`file://${folder}/allowed/%2e%2e/secret.git`)).toMatch(/\.\./);
    expect(await reasonFor(`file://${folder}/allowed/a%0ab`)).toMatch(/cannot be read/);
  });

  test('without an allowed folder none is accepted', async () => {
    const closed = createRepositoryPolicy({ allowedLocalRoots: [] });
    await expect(closed.accept({ repositoryUrl: join(folder, 'allowed', 'bare.git') })).rejects.toThrow(
      /--allow-local/,
    );
  });
});
