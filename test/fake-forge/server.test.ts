import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startFakeGitea } from '../fake-gitea/server.ts';
import { startFakeGitlab } from '../fake-gitlab/server.ts';
import { gitAs, temporaryFolder } from '../suites/git-fixtures.ts';
import type { AddedRepository, FakeForge } from './server.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let fake: FakeForge;
let engine: AddedRepository;

async function begin(start: typeof startFakeGitlab): Promise<void> {
  fake = await start({ directory: join(folder.path, 'forge') });
  fake.addToken('secret');
  engine = await fake.addRepository('ada/engine');
}

beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await fake[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  const scheme = fake.apiUrl.endsWith('/v4') ? 'Bearer' : 'token';
  const response = await fetch(`${fake.apiUrl}${path}`, {
    method,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'test',
      authorization: `${scheme} secret`,
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return response.status;
}

function pushBranch(name: string): void {
  gitAs(engine.clone, 'checkout', '-q', '-B', name);
  gitAs(engine.clone, 'commit', '-q', '--allow-empty', '-m', 'Work');
  gitAs(engine.clone, 'push', '-q', 'origin', name);
}

type Asked = readonly (readonly [status: number, method: string, path: string, body?: unknown])[];

/** What was wanted of each request beside what came. */
async function statusesOf(base: string, asked: Asked) {
  const wanted = asked.map(([status, method, path]) => `${method} ${path}: ${status}`);
  const came: string[] = [];
  for (const [, method, path, body] of asked) {
    came.push(`${method} ${path}: ${await call(method, `${base}${path}`, body)}`);
  }
  return { wanted, came };
}

describe('the fake GitLab', () => {
  beforeEach(() => begin(startFakeGitlab));

  test('answers every operation that it knows as the description says', async () => {
    engine.addIssue({});
    pushBranch('feat');
    const opened = { source_branch: 'feat', target_branch: 'main', title: 'Feat' };
    const project = await statusesOf('/projects/ada%2Fengine', [
      [200, 'GET', ''],
      [200, 'GET', '/issues/1'],
      [201, 'POST', '/issues/1/notes', { body: 'Done.' }],
      [200, 'GET', '/issues/1/notes?sort=asc'],
      [200, 'PUT', '/issues/1/notes/1', { body: 'More.' }],
      [201, 'POST', '/merge_requests', opened],
      [409, 'POST', '/merge_requests', opened],
      [200, 'GET', '/merge_requests?state=opened&source_branch=feat'],
      [200, 'GET', '/merge_requests/1'],
      [200, 'PUT', '/merge_requests/1', { description: 'More.' }],
      [201, 'POST', '/merge_requests/1/notes', { body: 'Done.' }],
      [200, 'GET', '/merge_requests/1/notes'],
      [200, 'PUT', '/merge_requests/1/notes/1', { body: 'More.' }],
      [200, 'GET', '/repository/commits/feat/statuses'],
      [200, 'GET', '/members/all'],
      [404, 'GET', '/merge_requests/99'],
    ]);
    const users = await statusesOf('', [
      [200, 'GET', '/user'],
      [200, 'GET', '/users?username=ada'],
    ]);
    expect([project.came, users.came, fake.violations]).toEqual([project.wanted, users.wanted, []]);
  });

  test('knows a request that does not fit', async () => {
    await call('GET', '/projects/ada%2Fengine/merge_requests?state=open&sate=open');
    await call('POST', '/projects/ada%2Fengine/merge_requests', { title: 7, target_branch: 'main', head: 'x' });
    await call('GET', '/projects/ada/engine', undefined, { authorization: 'token secret' });
    expect(fake.violations).toEqual([
      expect.stringContaining('state/ must be equal to one of the allowed values'),
      'merge_requests/list: sate is not a parameter',
      'merge_requests/create: head is not part of the body',
      expect.stringContaining("body/ must have required property 'source_branch'"),
      expect.stringContaining('body/title must be string'),
      'GET /api/v4/projects/ada/engine is not in the description',
    ]);
    await call('GET', '/user', undefined, { authorization: 'token secret' });
    expect(fake.violations.at(-1)).toBe('a token in another form');
  });

  test('knows an answer that does not fit', async () => {
    engine.repository.issues.set(1, { number: 1, title: null as never, body: null, comments: [] });
    await call('GET', '/projects/ada%2Fengine/issues/1');
    expect(fake.violations).toEqual(['issues/get 200: answer/title must be string']);
  });
});

describe('the fake Gitea', () => {
  beforeEach(() => begin(startFakeGitea));

  test('answers every operation that it knows as the description says', async () => {
    engine.addIssue({});
    pushBranch('feat');
    const opened = { head: 'feat', base: 'main', title: 'Feat' };
    const repository = await statusesOf('/repos/ada/engine', [
      [200, 'GET', ''],
      [200, 'GET', '/issues/1'],
      [201, 'POST', '/issues/1/comments', { body: 'Done.' }],
      [200, 'GET', '/issues/1/comments'],
      [200, 'PATCH', '/issues/comments/1', { body: 'More.' }],
      [201, 'POST', '/pulls', opened],
      [409, 'POST', '/pulls', opened],
      [404, 'POST', '/pulls', { ...opened, head: 'none' }],
      [200, 'GET', '/pulls?state=all&sort=recentupdate'],
      [200, 'GET', '/pulls/2'],
      [200, 'GET', '/issues/2'],
      [200, 'GET', '/pulls/main/feat'],
      [404, 'GET', '/pulls/main/none'],
      [201, 'PATCH', '/pulls/2', { body: 'More.' }],
      [200, 'GET', '/commits/feat/status'],
      [200, 'GET', '/collaborators/ada/permission'],
      [404, 'GET', '/collaborators/nobody/permission'],
    ]);
    expect([repository.came, await call('GET', '/user'), fake.violations]).toEqual([repository.wanted, 200, []]);
  });

  test('knows a request and an answer that do not fit', async () => {
    await call('GET', '/repos/ada/engine/issues/1/comments?page=2');
    await call('POST', '/repos/ada/engine/pulls', { head: 'x', base: 'main', title: 'x', draft: true });
    engine.repository.issues.set(1, { number: 1, title: null as never, body: null, comments: [] });
    await call('GET', '/repos/ada/engine/issues/1');
    expect(fake.violations).toEqual([
      'issueGetComments: page is not a parameter',
      'repoCreatePullRequest: draft is not part of the body',
      'issueGetIssue 200: answer/title must be string',
    ]);
  });
});
