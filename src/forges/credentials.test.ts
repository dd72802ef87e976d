import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/suites/git-fixtures.ts';
import { createCredentials } from './credentials.ts';
import { createKnownHosts } from './known-hosts.ts';

const environment = { GITHUB_TOKEN: ' ', GH_TOKEN: 'of-github', OTHER_TOKEN: 'of-other', BAD_TOKEN: 'two\nlines' };

test.each([
  ['https://github.com/ada/engine.git', 'of-github'],
  ['git@github.com:ada/engine.git', 'of-github'],
  ['ssh://git@github.com:2222/ada/engine.git', 'of-github'],
  ['https://other.example:8443/ada/engine', 'of-other'],
  ['https://other.example/ada/engine', null],
  ['https://github.com.evil.example/ada/engine', null],
  ['https://evil.example/github.com/ada/engine', null],
  ['https://github.com:8443/ada/engine', null],
  ['http://github.com/ada/engine', null],
  ['/srv/github.com/ada/engine', null],
])('the token for %s is that of its own host: %s', async (repositoryUrl, token) => {
  const hosts = createKnownHosts([{ host: 'Other.example:8443', kind: 'plain-git', tokenEnvironment: 'OTHER_TOKEN' }]);
  expect(await createCredentials({ hosts, environment }).tokenFor({ repositoryUrl })).toBe(token);
});

test.each([
  ['https://gitlab.com/group/sub/engine', 'GITLAB_TOKEN'],
  ['git@gitlab.com:group/engine.git', 'GITLAB_TOKEN'],
  ['https://gitea.com/ada/engine', 'GITEA_TOKEN'],
  ['https://codeberg.org/ada/engine', 'CODEBERG_TOKEN'],
])('%s has the token in %s, and no other host has it', async (repositoryUrl, name) => {
  const hosts = createKnownHosts([]);
  const tokenFor = (url: string) =>
    createCredentials({ hosts, environment: { [name]: 'its-token' } }).tokenFor({ repositoryUrl: url });
  expect(await tokenFor(repositoryUrl)).toBe('its-token');
  const others = ['github.com', 'gitlab.com', 'gitea.com', 'codeberg.org'].filter(
    (host) => !repositoryUrl.includes(host),
  );
  for (const host of others) expect(await tokenFor(`https://${host}/ada/engine`)).toBeNull();
});

test('a variable that the configuration gives to a host is no longer that of a known one', async () => {
  const hosts = createKnownHosts([{ host: 'git.example.org', kind: 'gitlab', tokenEnvironment: 'GITLAB_TOKEN' }]);
  const credentials = createCredentials({ hosts, environment: { GITLAB_TOKEN: 'of-example' } });
  expect(await credentials.tokenFor({ repositoryUrl: 'https://git.example.org/a/b' })).toBe('of-example');
  expect(await credentials.tokenFor({ repositoryUrl: 'https://gitlab.com/a/b' })).toBeNull();
});

test('a file is read at each use, and wins over the environment', async () => {
  await using folder = await temporaryFolder();
  const tokenFile = join(folder.path, 'token');
  const hosts = createKnownHosts([{ host: 'github.com', kind: 'github', tokenFile }]);
  const credentials = createCredentials({ hosts, environment });
  const token = () => credentials.tokenFor({ repositoryUrl: 'https://github.com/ada/engine' });
  await expect(token()).rejects.toMatchObject({ code: 'configuration_invalid' });
  await writeFile(tokenFile, 'first\n');
  expect(await token()).toBe('first');
  await writeFile(tokenFile, 'second');
  expect(await token()).toBe('second');
});

test('a value that is no token is told by its name only', async () => {
  const hosts = createKnownHosts([{ host: 'github.com', kind: 'github', tokenEnvironment: 'BAD_TOKEN' }]);
  const answer = createCredentials({ hosts, environment }).tokenFor({ repositoryUrl: 'https://github.com/a/b' });
  await expect(answer).rejects.toThrow(/^BAD_TOKEN holds no token/);
  await expect(answer).rejects.not.toThrow(/two/);
});

test('says what to set', () => {
  const hosts = createKnownHosts([{ host: 'other.example', kind: 'github', tokenEnvironment: 'OTHER_TOKEN' }]);
  const howToSet = (repositoryUrl: string) => createCredentials({ hosts, environment }).howToSet({ repositoryUrl });
  expect(howToSet('https://github.com/a/b')).toBe('set GITHUB_TOKEN or GH_TOKEN');
  expect(howToSet('https://other.example/a/b')).toBe('set OTHER_TOKEN');
  expect(howToSet('https://unknown.example/a/b')).toContain('"forges"');
});
