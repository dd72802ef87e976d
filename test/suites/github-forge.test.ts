import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FaultKind } from '../fake-forge/faults.ts';
import { RATE_LIMIT_RESET } from '../fake-forge/faults.ts';
import type { GithubWorld } from '../fake-github/world.ts';
import { makeGithubWorld, TOKEN } from '../fake-github/world.ts';
import { gitAs, temporaryFolder } from './git-fixtures.ts';
import { codeOf } from './sandbox-fixtures.ts';

const signal = new AbortController().signal;
const BRANCH = 'feat-wo-one-x';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let world: GithubWorld;
let commit = '';

beforeEach(async () => {
  folder = await temporaryFolder();
  world = await makeGithubWorld(join(folder.path, 'github'));
  const { clone } = world.engine;
  gitAs(clone, 'checkout', '-q', '-B', BRANCH);
  gitAs(clone, 'commit', '-q', '--allow-empty', '-m', 'Work');
  gitAs(clone, 'push', '-q', 'origin', BRANCH);
  commit = gitAs(clone, 'rev-parse', 'HEAD');
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const asked = () => ({ repositoryUrl: world.engine.url, signal });
const open = () =>
  world.forge.openPullRequest({ ...asked(), branch: BRANCH, commit, baseBranch: 'main', title: 'Work', body: 'Done.' });
const verify = () => world.forge.verify(asked());
const pulls = () => world.engine.repository.pulls;
const fault = (at: string, kind: FaultKind, times?: number) =>
  world.github.fault({ at, kind, ...(times === undefined ? {} : { times }) });

test('verifies a private repository', async () => {
  expect(await verify()).toEqual({ owner: 'ada', name: 'engine', defaultBranch: 'main', mayPush: true });
});

test.each([
  ['https://HOST/ada/engine', true],
  ['ssh://git@NAME:2222/ada/engine.git', true],
  ['git@NAME:ada/engine.git', true],
  ['https://HOST/group/ada/engine', false],
  ['https://HOST/engine', false],
  ['https://elsewhere.example/ada/engine', false],
  ['/srv/ada/engine', false],
])('recognises %s: %s', (template, recognised) => {
  const { host } = world.github;
  const repositoryUrl = template.replace('HOST', host).replace('NAME', host.replace(/:.*/, ''));
  expect(world.forge.recognises({ repositoryUrl })).toBe(recognised);
});

describe('what goes wrong says what to do', () => {
  test.each([
    ['unauthorized', 'forge_token_refused', 'set TOKEN_OF_TEST anew'],
    ['scope_missing', 'forge_permission_missing', 'lacks the scope repo; it has read:user'],
    ['not_found', 'repository_unreachable', 'must name ada/engine'],
    ['moved', 'repository_unreachable', 'ada/engine has moved'],
    ['conflict', 'forge_refused', 'Git Repository is empty'],
    ['rate_limited', 'forge_unavailable', `It is lifted at ${RATE_LIMIT_RESET}`],
    ['bad_gateway', 'forge_unavailable', 'answers 502'],
    ['cut', 'forge_unavailable', 'cannot be reached'],
  ] as const)('%s: %s', async (kind, code, words) => {
    fault('repos/get', kind);
    const [found, message] = await codeOf(verify());
    expect([found, message]).toEqual([code, expect.stringContaining(words)]);
    expect(message).not.toContain(TOKEN);
  });

  test('silence: forge_unavailable', async () => {
    fault('repos/get', 'silent');
    expect((await codeOf(verify()))[0]).toBe('forge_unavailable');
  });

  test('no token: forge_auth_required', async () => {
    delete world.environment.TOKEN_OF_TEST;
    const [code, message] = await codeOf(verify());
    expect([code, message]).toEqual(['forge_auth_required', expect.stringContaining('set TOKEN_OF_TEST')]);
  });

  test('a cancel: cancelled', async () => {
    const abort = new AbortController();
    fault('repos/get', 'silent');
    const answer = codeOf(world.forge.verify({ ...asked(), signal: abort.signal }));
    abort.abort();
    expect((await answer)[0]).toBe('cancelled');
  });

  test('a read is tried again', async () => {
    fault('repos/get', 'bad_gateway', 2);
    fault('repos/get', 'cut', 1);
    expect((await verify()).name).toBe('engine');
  });
});

describe('an issue', () => {
  test('comes with its comments, and is no pull request', async () => {
    const number = world.engine.addIssue({
      title: 'Dark',
      body: 'Please.',
      comments: [{ id: 1, login: 'eve', body: 'Me too.' }],
    });
    expect(await world.forge.issue({ ...asked(), number: String(number) })).toEqual({
      number: '1',
      title: 'Dark',
      body: 'Please.',
      isPullRequest: false,
      comments: [{ author: 'eve', body: 'Me too.' }],
    });
  });

  test('with very many comments has the latest hundred', async () => {
    const comments = Array.from({ length: 230 }, (_, index) => ({ id: index, login: 'eve', body: `${index}` }));
    const number = world.engine.addIssue({ comments });
    const issue = await world.forge.issue({ ...asked(), number: String(number) });
    expect(issue?.comments.map(({ body }) => body)).toEqual(comments.slice(-100).map(({ body }) => body));
  });

  test('that is a pull request is told', async () => {
    await open();
    expect((await world.forge.issue({ ...asked(), number: '1' }))?.isPullRequest).toBe(true);
  });

  test('that does not exist is an error with the reason', async () => {
    const [code, message] = await codeOf(world.forge.issue({ ...asked(), number: '99' }));
    expect([code, message]).toEqual(['repository_unreachable', expect.stringContaining('Could not read issue 99')]);
  });
});

describe('a pull request', () => {
  test('is opened once, with title, body and base', async () => {
    const url = `http://${world.github.host}/ada/engine/pull/1`;
    expect(await open()).toEqual({ opened: true, url });
    expect(await open()).toEqual({ opened: true, url });
    expect(pulls()).toEqual([
      { number: 1, title: 'Work', body: 'Done.', head: BRANCH, base: 'main', draft: false, state: 'open' },
    ]);
  });

  test.each(['answer_lost', 'cut_after', 'cut', 'bad_gateway'] as const)(
    'is there once after %s: it is looked for before it is opened again',
    async (kind) => {
      fault('pulls/create', kind, 1);
      expect((await open()).opened).toBe(true);
      expect(pulls()).toHaveLength(1);
      const creates = world.github.requests.filter((id) => id === 'pulls/create');
      expect(creates).toHaveLength(kind === 'answer_lost' || kind === 'cut_after' ? 1 : 2);
    },
  );

  test('is told as failed when GitHub stays away, after three tries', async () => {
    fault('pulls/create', 'bad_gateway');
    expect((await codeOf(open()))[0]).toBe('forge_unavailable');
    expect(world.github.requests.filter((id) => id === 'pulls/create')).toHaveLength(3);
  });

  test('is refused in the words of GitHub', async () => {
    fault('pulls/create', 'invalid');
    expect(await codeOf(open())).toEqual(['forge_refused', expect.stringContaining('No commits between')]);
  });

  test('that a person has closed is not opened a second time', async () => {
    await open();
    pulls()[0]!.state = 'closed';
    expect((await open()).opened).toBe(true);
    expect(pulls()).toHaveLength(1);
  });

  test('counts when GitHub shows it at the pushed commit, not before', async () => {
    world.engine.repository.stale.set(BRANCH, '1'.repeat(40));
    expect(await codeOf(open())).toEqual(['forge_unavailable', expect.stringContaining('is shown at 1111111111')]);
    world.engine.repository.stale.clear();
    expect((await open()).opened).toBe(true);
    expect(pulls()).toHaveLength(1);
  });

  test('is a draft where one is asked for', async () => {
    const request = { branch: BRANCH, commit, baseBranch: 'main', title: 'Work', body: 'Done.', draft: true };
    await world.forge.openPullRequest({ ...asked(), ...request });
    expect(pulls()).toMatchObject([{ draft: true }]);
  });

  test('is a draft where the host is set so', async () => {
    await using drafts = await makeGithubWorld(join(folder.path, 'drafts'), { draftPullRequests: true });
    gitAs(world.engine.clone, 'push', '-q', drafts.engine.repository.path, `HEAD:refs/heads/${BRANCH}`);
    const repositoryUrl = drafts.engine.url;
    const request = { repositoryUrl, branch: BRANCH, commit, baseBranch: 'main', title: 'Work', body: '', signal };
    await drafts.forge.openPullRequest(request);
    expect(drafts.engine.repository.pulls).toMatchObject([{ draft: true }]);
  });

  test('is opened by hand where there is no token', async () => {
    delete world.environment.TOKEN_OF_TEST;
    expect(await world.forge.opensPullRequests(asked())).toBe(false);
    expect(await open()).toEqual({ opened: false, howTo: expect.stringContaining('set TOKEN_OF_TEST') });
  });

  test('gets another text', async () => {
    await open();
    await world.forge.updatePullRequest({ ...asked(), number: '1', body: 'More.' });
    expect(pulls()[0]!.body).toBe('More.');
  });
});

describe('the comment that is kept', () => {
  const MARKER = '<!-- work order wo-one -->';
  const comments = (number: string) => world.engine.repository.issues.get(Number(number))?.comments ?? [];
  const keep = (number: string, words: string, commentId: string | null = null) =>
    world.forge.keepComment({ ...asked(), number, commentId, marker: MARKER, body: `${words}\n${MARKER}` });
  let issue = '';
  beforeEach(() => {
    issue = String(world.engine.addIssue({}));
  });

  test.each(['answer_lost', 'cut_after', 'cut'] as const)('is there once after %s', async (kind) => {
    fault('issues/create-comment', kind, 1);
    const kept = await keep(issue, 'Begun.');
    expect(kept).toEqual({ id: '1', url: expect.stringContaining(`/issues/${issue}#issuecomment-1`) });
    expect(comments(issue)).toEqual([{ id: 1, login: 'ada', body: `Begun.\n${MARKER}` }]);
  });

  test.each(['answer_lost', 'cut_after', 'cut', 'bad_gateway'] as const)('is changed in spite of %s', async (kind) => {
    const kept = await keep(issue, 'Begun.');
    fault('issues/update-comment', kind, 1);
    expect(await keep(issue, 'Done.', kept?.id)).toEqual(kept);
    expect(comments(issue)).toEqual([{ id: 1, login: 'ada', body: `Done.\n${MARKER}` }]);
  });

  test('is found by its marker when its id was lost, among the comments of others', async () => {
    await keep(issue, 'Begun.');
    comments(issue).unshift({ id: 7, login: 'eve', body: `> Begun.\n${MARKER}` });
    await keep(issue, 'Done.');
    expect(comments(issue).map(({ body }) => body)).toEqual([`> Begun.\n${MARKER}`, `Done.\n${MARKER}`]);
  });

  test('is made anew once when a person has deleted it', async () => {
    const kept = await keep(issue, 'Begun.');
    comments(issue).length = 0;
    const anew = await keep(issue, 'Done.', kept?.id);
    await keep(issue, 'Done.', anew?.id);
    expect(comments(issue).map(({ body }) => body)).toEqual([`Done.\n${MARKER}`]);
  });

  test('of an app is known by being of a bot', async () => {
    world.github.addToken('token-of-app', { login: 'orders[bot]', isApp: true });
    world.environment.TOKEN_OF_TEST = 'token-of-app';
    comments(issue).push({ id: 7, login: 'eve', body: MARKER });
    await keep(issue, 'Begun.');
    await keep(issue, 'Done.');
    expect(comments(issue).map(({ body }) => body)).toEqual([MARKER, `Done.\n${MARKER}`]);
  });
});

describe('who may push', () => {
  const mayPush = (user: string) => world.forge.mayPush({ ...asked(), user });

  test('is whoever may write, and nobody who is unknown', async () => {
    world.github.addToken('token-of-eve', { login: 'eve', canPush: false });
    expect([await mayPush('ada'), await mayPush('eve'), await mayPush('mallory')]).toEqual([true, false, false]);
  });

  test('is not answered for a repository that is gone, or by a token that may not know', async () => {
    world.github.addToken('token-of-eve', { login: 'eve', canPush: false });
    world.environment.TOKEN_OF_TEST = 'token-of-eve';
    expect((await codeOf(mayPush('ada')))[0]).toBe('forge_permission_missing');
    world.github.repositories.clear();
    expect((await codeOf(mayPush('ada')))[0]).toBe('repository_unreachable');
  });
});

test('checks are running, passed or failed', async () => {
  world.engine.repository.checkRuns.set(commit, [
    { name: 'lint', status: 'in_progress', conclusion: null },
    { name: 'test', status: 'completed', conclusion: 'success' },
    { name: 'build', status: 'completed', conclusion: 'failure' },
  ]);
  const checks = await world.forge.checks({ ...asked(), commit });
  expect(checks.map(({ name, state }) => [name, state])).toEqual([
    ['lint', 'running'],
    ['test', 'passed'],
    ['build', 'failed'],
  ]);
});
