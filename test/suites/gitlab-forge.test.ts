import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeGitlabWorld } from '../fake-gitlab/world.ts';
import { describeRestForge, RestForgeTest } from './rest-forge.suite.ts';

describeRestForge('gitlab', {
  makeWorld: makeGitlabWorld,
  verify: 'projects/get',
  create: 'merge_requests/create',
  comment: 'issue_notes/create',
  change: 'issue_notes/update',
  owner: 'group/sub',
  recognised: [
    ['https://HOST/ada/engine', true],
    ['https://HOST/group/sub/deeper/engine.git', true],
    ['ssh://git@NAME:2222/group/sub/engine.git', true],
    ['git@NAME:group/sub/engine.git', true],
    ['https://HOST/engine', false],
    ['https://HOST/group//engine', false],
    ['https://elsewhere.example/ada/engine', false],
    ['/srv/ada/engine', false],
  ],
  words: {
    scope_missing: 'lacks one of the scopes api read_api',
    not_found: '404 Project Not Found',
    conflict: 'The branch is locked',
    invalid: 'is too long',
  },
  pullPage: '/-/merge_requests/1',
  filePage: '/-/blob/feat-x/specs/a%20plan.md',
  draftTitle: 'Draft: ',
});

describe('gitlab', () => {
  const at = new RestForgeTest();
  beforeEach(() => at.begin(makeGitlabWorld));
  afterEach(() => at.end());

  test("leaves GitLab's own notes and those for members only out, over pages", async () => {
    const comments = Array.from({ length: 350 }, (_, index) => ({
      id: index,
      login: 'eve',
      body: `${index}`,
      isSystem: index % 5 === 0,
      isInternal: index % 2 === 0,
    }));
    at.world.engine.addIssue({ comments });
    const issue = await at.world.forge.issue({ ...at.asked(), number: '1' });
    const wanted = comments.filter(({ isSystem, isInternal }) => !isSystem && !isInternal).slice(-100);
    expect(issue?.comments.map(({ body }) => body)).toEqual(wanted.map(({ body }) => body));
  });

  test('keeps its comment on a merge request by its number with a !', async () => {
    await at.open();
    const wanted = { ...at.asked(), number: '!1', commentId: null, marker: 'wo-one', body: 'Begun. wo-one' };
    const kept = await at.world.forge.keepComment(wanted);
    expect(kept?.url).toMatch(/\/group\/sub\/engine\/-\/merge_requests\/1#note_1$/);
    await at.world.forge.keepComment({ ...wanted, commentId: kept?.id ?? null, body: 'Done. wo-one' });
    expect(at.pulls()[0]!.comments.map(({ body }) => body)).toEqual(['Done. wo-one']);
  });

  test('has nothing carried out that the text of an agent asks for', async () => {
    const body = ['Done.', '/merge', '/approve now', '/usr/bin/env is used'].join('\n');
    at.world.engine.addIssue({});
    await at.open({ body });
    await at.world.forge.updatePullRequest({ ...at.asked(), number: '1', body });
    const text = { ...at.asked(), number: '1', commentId: null, marker: 'wo-one' };
    await at.world.forge.keepComment({ ...text, body: '/close\nwo-one' });
    expect(at.world.engine.repository.carriedOut).toEqual([]);
    expect(at.pulls()[0]!.body).toBe(['Done.', '\\/merge', '\\/approve now', '/usr/bin/env is used'].join('\n'));
  });

  test('may push with a role that comes from a group that was invited', async () => {
    at.world.fake.addToken('token-of-guest', { login: 'guest', canPush: true, isInvited: true });
    at.world.environment.TOKEN_OF_TEST = 'token-of-guest';
    expect((await at.world.forge.verify(at.asked())).mayPush).toBe(true);
    at.world.fake.addToken('token-of-root', { login: 'root', canPush: true, isMember: false });
    at.world.environment.TOKEN_OF_TEST = 'token-of-root';
    expect((await at.world.forge.verify(at.asked())).mayPush).toBeNull();
  });

  test('checks are running, passed or failed', async () => {
    const states = ['pending', 'running', 'success', 'skipped', 'manual', 'failed', 'canceled'];
    const statuses = states.map((state) => ({ name: state, state }));
    at.world.engine.repository.statuses.set(at.commit, [...statuses, { name: 'lint', state: 'failed', mayFail: true }]);
    const checks = await at.world.forge.checks({ ...at.asked(), commit: at.commit });
    expect(checks.map(({ state }) => state)).toEqual([
      'running',
      'running',
      'passed',
      'passed',
      'passed',
      'failed',
      'failed',
      'passed',
    ]);
  });

  test('whoever may not push is told by role and scope', async () => {
    at.world.fake.addToken('token-of-eve', { login: 'eve', canPush: false });
    at.world.environment.TOKEN_OF_TEST = 'token-of-eve';
    await expect(at.open()).rejects.toMatchObject({
      code: 'forge_permission_missing',
      message: expect.stringContaining('the role Developer'),
    });
  });
});
