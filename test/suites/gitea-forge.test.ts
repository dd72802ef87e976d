import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeGiteaWorld } from '../fake-gitea/world.ts';
import { BRANCH, describeRestForge, RestForgeTest } from './rest-forge.suite.ts';

describeRestForge('gitea', {
  makeWorld: makeGiteaWorld,
  verify: 'repoGet',
  create: 'repoCreatePullRequest',
  comment: 'issueCreateComment',
  change: 'issueEditComment',
  owner: 'ada',
  recognised: [
    ['https://HOST/ada/engine', true],
    ['ssh://git@NAME:2222/ada/engine.git', true],
    ['git@NAME:ada/engine.git', true],
    ['https://HOST/group/ada/engine', false],
    ['https://HOST/engine', false],
    ['https://elsewhere.example/ada/engine', false],
    ['/srv/ada/engine', false],
  ],
  words: {
    scope_missing: 'lacks the scope write:issue',
    not_found: "The target couldn't be found",
    conflict: 'the branch is locked',
    invalid: '[Title]: MaxSize',
  },
  pullPage: '/pulls/1',
  filePage: '/src/branch/feat-x/specs/a%20plan.md',
  draftTitle: 'WIP: ',
});

describe('gitea', () => {
  const at = new RestForgeTest();
  beforeEach(() => at.begin(makeGiteaWorld));
  afterEach(() => at.end());

  test('an issue that is a pull request is told', async () => {
    await at.open();
    expect((await at.world.forge.issue({ ...at.asked(), number: '1' }))?.isPullRequest).toBe(true);
  });

  test('finds its open pull request among very many', async () => {
    const other = { title: 'x', body: '', base: 'main', state: 'open' as const, isFromFork: false, comments: [] };
    at.pulls().push({ ...other, number: 1, head: BRANCH });
    for (let number = 2; number < 200; number += 1) at.pulls().push({ ...other, number, head: `other-${number}` });
    expect(await at.open()).toMatchObject({ opened: true, url: expect.stringMatching(/\/pulls\/1$/) });
    expect(at.asks('repoCreatePullRequest')).toBe(0);
  });

  test('checks are running, passed or failed, and none at all are none', async () => {
    const checks = () => at.world.forge.checks({ ...at.asked(), commit: at.commit });
    expect(await checks()).toEqual([]);
    const states = ['pending', 'success', 'warning', 'skipped', 'error', 'failure'];
    at.world.engine.repository.statuses.set(
      at.commit,
      states.map((state) => ({ name: state, state })),
    );
    const expected = ['running', 'passed', 'passed', 'passed', 'failed', 'failed'];
    expect((await checks()).map(({ state }) => state)).toEqual(expected);
  });

  test('a token that may not ask of others is told so', async () => {
    at.world.fake.addToken('token-of-eve', { login: 'eve', canPush: false });
    at.world.environment.TOKEN_OF_TEST = 'token-of-eve';
    await expect(at.world.forge.mayPush({ ...at.asked(), user: 'ada' })).rejects.toMatchObject({
      code: 'forge_permission_missing',
      message: expect.stringContaining('Only admins can query'),
    });
  });
});
