import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { git } from '../../src/process/git.ts';
import { gitAs, temporaryFolder } from '../suites/git-fixtures.ts';
import type { AddedRepository, FakeGithub } from './server.ts';
import { startFakeGithub } from './server.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let github: FakeGithub;
let engine: AddedRepository;

beforeEach(async () => {
  folder = await temporaryFolder();
  github = await startFakeGithub({ directory: join(folder.path, 'github') });
  github.addToken('secret');
  engine = await github.addRepository('engine');
});
afterEach(async () => {
  await github[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function call(method: string, path: string, body?: unknown, token = 'secret') {
  const response = await fetch(`${github.apiUrl}${path}`, {
    method,
    headers: { accept: 'application/vnd.github+json', 'user-agent': 'test', authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> };
}

function pushBranch(name: string): void {
  gitAs(engine.clone, 'checkout', '-q', '-B', name);
  gitAs(engine.clone, 'commit', '-q', '--allow-empty', '-m', 'Work');
  gitAs(engine.clone, 'push', '-q', 'origin', name);
}

describe('the fake GitHub', () => {
  test('answers every operation that it knows as the description says', async () => {
    const issue = engine.addIssue({ comments: [{ id: 1, login: 'eve', body: 'Please.' }] });
    pushBranch('feat');
    engine.repository.checkRuns.set('feat', [{ name: 'test', status: 'completed', conclusion: 'success' }]);
    const asked: readonly (readonly [status: number, method: string, path: string, body?: unknown])[] = [
      [200, 'GET', ''],
      [200, 'GET', `/issues/${issue}`],
      [200, 'GET', `/issues/${issue}/comments?per_page=100`],
      [201, 'POST', `/issues/${issue}/comments`, { body: 'Done.' }],
      [200, 'PATCH', '/issues/comments/2', { body: 'Done now.' }],
      [404, 'PATCH', '/issues/comments/99', { body: 'Done now.' }],
      [200, 'GET', '/collaborators/ada/permission'],
      [404, 'GET', '/collaborators/nobody/permission'],
      [200, 'GET', '/pulls?head=ada:feat&state=all'],
      [201, 'POST', '/pulls', { title: 'Feat', head: 'feat', base: 'main' }],
      [422, 'POST', '/pulls', { title: 'Feat', head: 'feat', base: 'main' }],
      [422, 'POST', '/pulls', { title: 'Feat', head: 'none', base: 'main' }],
      [200, 'GET', '/pulls/2'],
      [200, 'GET', '/issues/2'],
      [200, 'PATCH', '/pulls/2', { body: 'More.' }],
      [200, 'GET', '/commits/feat/check-runs'],
      [404, 'GET', '/pulls/99'],
    ];
    for (const [status, method, path, body] of asked) {
      expect([path, (await call(method, `/repos/ada/engine${path}`, body)).status]).toEqual([path, status]);
    }
    expect(github.violations).toEqual([]);
  });

  test('knows a request that does not fit', async () => {
    await call('GET', '/repos/ada/engine/pulls?state=ajar&sate=open');
    await call('POST', '/repos/ada/engine/pulls', { title: 7, base: 'main', label: 'x' });
    await call('GET', '/repos/ada/engine/issues/one');
    await call('GET', '/nothing');
    expect(github.violations).toEqual([
      expect.stringContaining('state/ must be equal to one of the allowed values'),
      'pulls/list: sate is not a parameter',
      'pulls/create: label is not part of the body',
      expect.stringContaining("body/ must have required property 'head'"),
      expect.stringContaining('body/title must be string'),
      expect.stringContaining('issue_number/ must be integer'),
      'GET /api/v3/nothing is not in the description',
    ]);
  });

  test('knows an answer that does not fit', async () => {
    engine.repository.issues.set(1, { number: 1, title: null as never, body: null, comments: [] });
    await call('GET', '/repos/ada/engine/issues/1');
    expect(github.violations).toEqual(['issues/get 200: answer/title must be string']);
  });

  test('has the faults that were planned, as often as they were', async () => {
    for (const [kind, status] of [
      ['unauthorized', 401],
      ['scope_missing', 403],
      ['not_found', 404],
      ['conflict', 409],
      ['rate_limited', 429],
      ['bad_gateway', 502],
    ] as const) {
      github.fault({ at: 'repos/get', kind, times: 1 });
      expect((await call('GET', '/repos/ada/engine')).status).toBe(status);
    }
    expect((await call('GET', '/repos/ada/engine')).status).toBe(200);
    expect(github.violations).toEqual([]);
  });

  test('does what it was asked when only its answer is lost', async () => {
    pushBranch('one');
    pushBranch('two');
    github.fault({ at: 'pulls/create', kind: 'answer_lost', times: 1 });
    github.fault({ at: 'pulls/create', kind: 'cut_after', times: 1 });
    github.fault({ at: 'pulls/create', kind: 'cut', times: 1 });
    const open = (head: string) => call('POST', '/repos/ada/engine/pulls', { title: 'x', head, base: 'main' });
    expect((await open('one')).status).toBe(502);
    await expect(open('two')).rejects.toThrow('fetch failed');
    await expect(open('two')).rejects.toThrow('fetch failed');
    expect(engine.repository.pulls.map(({ head }) => head)).toEqual(['one', 'two']);
  });

  test('lets git in with the token as password, and shows a private repository to nobody else', async () => {
    const secret = await github.addRepository('secret', { isPrivate: true });
    // Not by `gitAs`, which would hold up the fake: it is in this process.
    const listed = async (url: string) =>
      (await git({ args: ['ls-remote', '--', url], remote: url })).stdout.toString();
    const withToken = (url: string, token: string) => url.replace('//', `//x:${token}@`);
    expect(await listed(engine.url)).toContain('refs/heads/main');
    expect(await listed(withToken(secret.url, 'secret'))).toContain('refs/heads/main');
    await expect(listed(secret.url)).rejects.toThrow('could not read Username');
    await expect(listed(withToken(secret.url, 'wrong'))).rejects.toThrow('Authentication failed');
    expect((await call('GET', '/repos/ada/secret', undefined, 'wrong')).status).toBe(401);
  });
});
