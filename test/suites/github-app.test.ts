import { generateKeyPairSync } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Secret } from '../../src/domain/secrets.ts';
import { createCredentials } from '../../src/forges/credentials.ts';
import { createAppTokens } from '../../src/forges/github/app-tokens.ts';
import { createGithubForge } from '../../src/forges/github/forge.ts';
import { createKnownHosts } from '../../src/forges/known-hosts.ts';
import { createPlainGitForge } from '../../src/forges/plain-git/forge.ts';
import type { FakeApp } from '../fake-github/apps.ts';
import { fakeApp } from '../fake-github/apps.ts';
import type { AddedRepository, FakeGithub } from '../fake-github/server.ts';
import { startFakeGithub } from '../fake-github/server.ts';
import { temporaryFolder } from './git-fixtures.ts';
import { codeOf } from './sandbox-fixtures.ts';

const MINUTE_MS = 60_000;
const signal = new AbortController().signal;
const keys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const pair = keys();
const pem = (type: 'pkcs1' | 'pkcs8' = 'pkcs1') => pair.privateKey.export({ type, format: 'pem' }).toString();

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let github: FakeGithub;
let engine: AddedRepository;
let app: FakeApp;
let keyFile: string;
let told: Secret[];
let expired: Secret[];
let nowMs: number;

beforeEach(async () => {
  folder = await temporaryFolder();
  github = await startFakeGithub({ directory: join(folder.path, 'github') });
  engine = await github.addRepository('engine', { isPrivate: true });
  app = fakeApp({ id: 7, publicKey: pair.publicKey, installedOn: ['ada/engine'] });
  github.apps.push(app);
  keyFile = join(folder.path, 'app.pem');
  await writeFile(keyFile, pem());
  told = [];
  expired = [];
  nowMs = Date.now();
  github.now = () => nowMs;
});
afterEach(async () => {
  await github[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
  expect(github.violations).toEqual([]);
});

function credentialsOf({ installationId, now = () => nowMs }: { installationId?: number; now?: () => number } = {}) {
  const { host, apiUrl } = github;
  const hosts = createKnownHosts([
    { host, kind: 'github', apiUrl, app: { id: '7', privateKeyFile: keyFile, installationId } },
  ]);
  const credentials = createCredentials({
    hosts,
    environment: {},
    onToken: (secret) => told.push(secret),
    onExpired: (secret) => expired.push(secret),
    now,
  });
  const git = createPlainGitForge({ credentials });
  return { credentials, git, forge: createGithubForge({ hosts, credentials, git, pauseMs: 1 }) };
}

const asked = () => ({ repositoryUrl: engine.url, signal });
const branchesBy = ({ git }: ReturnType<typeof credentialsOf>) => git.branches({ ...asked(), prefix: '' });
const tokensAsked = () => github.requests.filter((id) => id === 'apps/create-installation-access-token').length;

describe('a GitHub App', () => {
  test.each(['pkcs1', 'pkcs8'] as const)('opens a repository to the API and to git, by a key in %s', async (type) => {
    await writeFile(keyFile, pem(type));
    const known = credentialsOf();
    const facts = { owner: 'ada', name: 'engine', defaultBranch: 'main', mayPush: null };
    expect(await known.forge.verify(asked())).toEqual(facts);
    expect(await branchesBy(known)).toEqual(['main']);
    expect(await known.forge.opensPullRequests(asked())).toBe(true);
    expect(tokensAsked()).toBe(1);
  });

  test('opens no other repository by the same token', async () => {
    const other = await github.addRepository('other', { isPrivate: true });
    app.installedOn.add('ada/other');
    const { credentials } = credentialsOf();
    const token = await credentials.tokenFor({ repositoryUrl: engine.url });
    const elsewhere = createPlainGitForge({ credentials: { ...credentials, tokenFor: async () => token } });
    expect((await codeOf(elsewhere.branches({ repositoryUrl: other.url, prefix: '', signal })))[0]).toBe(
      'repository_unreachable',
    );
    expect(await credentials.tokenFor({ repositoryUrl: other.url })).not.toBe(token);
  });

  test('asks once for many, keeps the token until shortly before its end, and tells each', async () => {
    const { credentials } = credentialsOf();
    const tokenFor = () => credentials.tokenFor({ repositoryUrl: engine.url });
    const [first, ...more] = await Promise.all(Array.from({ length: 20 }, tokenFor));
    expect(new Set(more)).toEqual(new Set([first]));
    nowMs += 54 * MINUTE_MS;
    expect(await tokenFor()).toBe(first);
    expect(tokensAsked()).toBe(1);
    nowMs += 2 * MINUTE_MS;
    const renewed = await tokenFor();
    expect(renewed).not.toBe(first);
    expect(tokensAsked()).toBe(2);
    expect(told.map(({ value }) => value)).toEqual([first, renewed]);
    // The first one still opens the repository for some minutes.
    expect(expired).toEqual([]);
    nowMs += 56 * MINUTE_MS;
    await tokenFor();
    expect(expired.map(({ value }) => value)).toEqual([first]);
  });

  test('of the same number on two servers has a token for each, also when both are asked at once', async () => {
    await using second = await startFakeGithub({ directory: join(folder.path, 'second') });
    await second.addRepository('engine', { isPrivate: true });
    second.apps.push(fakeApp({ id: 7, publicKey: pair.publicKey, installedOn: ['ada/engine'] }));
    const tokens = createAppTokens({ now: () => nowMs, onToken: () => undefined, onExpired: () => undefined });
    const repository = { owner: 'ada', repo: 'engine' };
    const of = { app: { id: '7', privateKeyFile: keyFile, installationId: 1007 }, repository };
    const [here, there] = await Promise.all(
      [github, second].map(({ host, apiUrl }) => tokens.tokenFor({ ...of, host, apiUrl })),
    );
    expect([...app.tokens.keys()]).toEqual([here]);
    expect([...second.apps[0]!.tokens.keys()]).toEqual([there]);
  });

  test('whose tokens were taken back gets a new one with the next try', async () => {
    const known = credentialsOf();
    await branchesBy(known);
    app.tokens.clear();
    expect((await codeOf(branchesBy(known)))[0]).toBe('forge_auth_required');
    expect(await branchesBy(known)).toEqual(['main']);
    app.tokens.clear();
    const [code, message] = await codeOf(known.forge.verify(asked()));
    expect([code, message]).toEqual(['forge_token_refused', expect.stringContaining('asks for a new one')]);
    expect((await known.forge.verify(asked())).name).toBe('engine');
  });

  test('with a named installation looks for none', async () => {
    await branchesBy(credentialsOf({ installationId: app.installationId }));
    expect(github.requests).not.toContain('apps/get-repo-installation');
  });
});

describe('an app that gets no token says what to do', () => {
  test('not installed on the repository, until it is', async () => {
    app.installedOn.clear();
    const page = `http://${github.host}/apps/app-7/installations/new`;
    for (const known of [credentialsOf(), credentialsOf({ installationId: app.installationId })]) {
      const [code, message] = await codeOf(branchesBy(known));
      expect([code, message]).toEqual(['forge_app_refused', expect.stringContaining(`open ${page}`)]);
      app.installedOn.add('ada/engine');
      expect(await branchesBy(known)).toEqual(['main']);
      app.installedOn.clear();
    }
  });

  test('a permission that is missing, until it is there', async () => {
    const { permissions } = app;
    app.permissions = { metadata: 'read', contents: 'write', pull_requests: 'read' };
    const known = credentialsOf();
    const [code, message] = await codeOf(known.forge.verify(asked()));
    expect([code, message]).toEqual(['forge_permission_missing', expect.stringContaining('(Pull requests: read')]);
    expect(message).toContain(`http://${github.host}/settings/installations/1007`);
    app.permissions = permissions;
    expect((await known.forge.verify(asked())).name).toBe('engine');
  });

  test.each([
    [
      'a key of another app',
      'is not one of this app',
      () => writeFile(keyFile, String(keys().privateKey.export({ type: 'pkcs8', format: 'pem' }))),
    ],
    ['an app that is not there', '7 is not its id', async () => void github.apps.pop()],
    ['an installation that is suspended', 'can lift that at http', async () => void (app.isSuspended = true)],
  ])('%s', async (_what, words, spoil) => {
    await spoil();
    const [code, message] = await codeOf(branchesBy(credentialsOf()));
    expect([code, message]).toEqual(['forge_app_refused', expect.stringContaining(words)]);
  });

  test('a suspended installation that is named', async () => {
    app.isSuspended = true;
    const [code, message] = await codeOf(branchesBy(credentialsOf({ installationId: app.installationId })));
    expect([code, message]).toEqual(['forge_app_refused', expect.stringContaining('has been suspended')]);
  });

  test('an installation that is not there', async () => {
    const [code, message] = await codeOf(branchesBy(credentialsOf({ installationId: 12 })));
    expect([code, message]).toEqual(['forge_app_refused', expect.stringContaining('no installation 12')]);
  });

  test.each([
    [10, 'ahead'],
    [-10, 'behind'],
  ])('a clock that is %i minutes off', async (minutes, way) => {
    const known = credentialsOf({ now: () => nowMs + minutes * MINUTE_MS });
    const [code, message] = await codeOf(branchesBy(known));
    expect([code, message]).toEqual(['forge_app_refused', expect.stringMatching(`clock .* is (?:599|60.) s ${way}`)]);
  });

  test('a server that is away', async () => {
    github.fault({ at: 'apps/get-repo-installation', kind: 'bad_gateway' });
    const tokens = createAppTokens({
      now: () => nowMs,
      onToken: () => undefined,
      onExpired: () => undefined,
      pauseMs: 1,
    });
    const { host, apiUrl } = github;
    const of = { app: { id: '7', privateKeyFile: keyFile, installationId: null }, host, apiUrl };
    const [code, message] = await codeOf(tokens.tokenFor({ ...of, repository: { owner: 'ada', repo: 'engine' } }));
    expect([code, message]).toEqual(['forge_unavailable', expect.stringContaining('answers 502')]);
  });

  test('a file that is gone, or is no key, by its name alone', async () => {
    await writeFile(keyFile, pem().replace('BEGIN', 'BEGUN'));
    const push = { fromRepository: engine.clone, branch: 'x', commit: engine.firstCommit, replaces: [] };
    const [code, message] = await codeOf(credentialsOf().git.push({ ...asked(), ...push }));
    expect([code, message]).toEqual(['configuration_invalid', expect.stringContaining(`${keyFile} holds no private`)]);
    expect(message).not.toContain(pem().slice(40, 60));
    await rm(keyFile);
    expect(await codeOf(branchesBy(credentialsOf()))).toEqual([
      'configuration_invalid',
      expect.stringContaining('cannot be read: ENOENT'),
    ]);
  });
});

describe('the environment', () => {
  const tokenOf = (
    environment: Readonly<Record<string, string | undefined>>,
    more: { tokenEnvironment?: string } = {},
  ) => {
    const hosts = createKnownHosts([{ host: 'github.com', kind: 'github', apiUrl: github.apiUrl, ...more }]);
    const credentials = createCredentials({ hosts, environment, now: () => nowMs });
    return credentials.tokenFor({ repositoryUrl: 'git@github.com:ada/engine.git' });
  };

  test('names an app for github.com, which wins over a token, but not over one that the setting names', async () => {
    const environment = { GITHUB_TOKEN: 'of-ada', GITHUB_APP_ID: '7', GITHUB_APP_PRIVATE_KEY_FILE: keyFile };
    expect([...app.tokens.keys(), await tokenOf(environment)]).toEqual([...app.tokens.keys()]);
    expect(await tokenOf(environment, { tokenEnvironment: 'GITHUB_TOKEN' })).toBe('of-ada');
  });

  test.each([{ GITHUB_APP_ID: '7' }, { GITHUB_APP_PRIVATE_KEY_FILE: '/app.pem' }])(
    'with half of one: %j',
    async (half) => {
      const [code, message] = await codeOf(tokenOf(half));
      expect([code, message]).toEqual(['configuration_invalid', expect.stringContaining('needs both GITHUB_APP_ID')]);
    },
  );
});
