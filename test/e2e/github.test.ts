import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Awo } from '../cli/awo.ts';
import { startServiceProcess } from '../crash/killed-service.ts';
import type { AddedRepository, FakeGithub } from '../fake-github/server.ts';
import { startFakeGithub } from '../fake-github/server.ts';
import { apiOf } from '../suites/api.ts';
import { filesWith, processesShowing } from '../suites/canary.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

// In two parts, so that no process shows it by the text of this test.
const TOKEN = ['canary', 'of-github-order'].join('-');
const VARIABLE = 'TOKEN_OF_FAKE';

let place: WorkPlace;
let github: FakeGithub;
let engine: AddedRepository;

beforeEach(async () => {
  place = makeWorkPlace({ gated: false });
  github = await startFakeGithub({ directory: join(place.directory, 'github') });
  github.addToken(TOKEN);
  engine = await github.addRepository('engine', { isPrivate: true });
  // The services that are started here inherit it; `awo` below is given it by itself.
  process.env[VARIABLE] = TOKEN;
  engine.addIssue({
    title: 'The list is short',
    body: 'It needs a line.',
    comments: [{ id: 1, login: 'eve', body: 'Yes.' }],
  });
});
afterEach(async () => {
  delete process.env[VARIABLE];
  await github[Symbol.asyncDispose]();
  place[Symbol.dispose]();
  expect(github.violations).toEqual([]);
});

const forges = () => [
  { host: github.host, kind: 'github' as const, apiUrl: github.apiUrl, tokenEnvironment: VARIABLE },
];

function expectOnePullRequest(workOrderId: string): void {
  const { pulls } = engine.repository;
  expect(pulls).toHaveLength(1);
  expect(pulls[0]).toMatchObject({ base: 'main', title: 'Keep a list', state: 'open' });
  const { body, head } = pulls[0]!;
  expect(body).toContain('I added a line.');
  expect(body).toContain('\n\nCloses #1\n\n');
  expect(body).toMatch(`](http://${github.host}/ada/engine/blob/${head}/specs/issue-1-`);
  expect(body).toContain('- `list.txt`');
  expect(body).toContain(`Work order: ${workOrderId}`);
}

test('awo run ends with one pull request that closes the issue, and the token shows nowhere', async () => {
  const seen = join(place.directory, 'environment');
  const program = join(place.directory, 'telling-agent');
  const agent = place.configuration().agentCommand;
  writeFileSync(program, `#!/bin/sh\nenv >> '${seen}'\nexec '${agent}'\n`, { mode: 0o755 });
  const home = join(place.directory, 'home');
  mkdirSync(home);
  const shown: string[] = [];
  const awo = new Awo(['run', engine.url, 'fix issue #1', '--agent', 'command', '--agent-command', program], home, {
    [VARIABLE]: TOKEN,
    AWO_FORGES: JSON.stringify(forges()),
    AWO_DATA_DIR: place.dataDirectory,
    AWO_CONFINEMENT: 'none',
    AWO_PORT: '0',
  });
  // The command itself was started with it.
  const except = [awo.process.pid ?? 0];
  github.onGitRequest = () => void shown.push(...processesShowing(TOKEN, except));
  const { code, stdout, stderr } = await awo.ended;

  expect([code, stderr]).toEqual([0, expect.any(String)]);
  const workOrderId = /wo-[0-9a-z]+/.exec(stdout)?.[0] ?? 'no id';
  expectOnePullRequest(workOrderId);
  expect(stdout).toContain(`http://${github.host}/ada/engine/pull/2`);
  expect(github.requests).toContain('issues/list-comments');
  expect(readFileSync(seen, 'utf8')).toContain('AWO_STEP=implement');
  expect(readFileSync(seen, 'utf8')).not.toContain(TOKEN);
  expect(shown).toEqual([]);
  expect(stdout + stderr).not.toContain(TOKEN);
  expect(filesWith(TOKEN, place.dataDirectory)).toEqual([]);
});

test('an issue that cannot be read, or is a pull request, is told in the history and in the prompt', async () => {
  await using service = await startServiceProcess(place.configuration({ forges: forges() }));
  const api = apiOf(service.url);
  const request = { repository_url: engine.url, user_request: 'Keep a list' };
  const noteOf = async (number: string) => {
    const id = await api.submit({ ...request, github_issue_number: number });
    const events = await api.until(id, ({ type, data }) => type === 'attempt_prompted' && data.step === 'classify');
    const prompt = await (await api.get(`/agent-work-orders/${id}/steps/1/prompt`)).text();
    return { notes: events.flatMap(({ type, data }) => (type === 'note' ? [data] : [])), prompt };
  };
  const number = engine.addIssue({ title: 'Another list' });
  const { pulls } = engine.repository;
  pulls.push({ number, title: 'Another list', body: null, head: 'x', base: 'main', draft: false, state: 'open' });
  expect((await noteOf('99')).notes).toEqual([
    { code: 'issue_not_read', message: expect.stringContaining('Could not read issue 99: It is gone') },
  ]);
  expect((await noteOf(String(number))).notes).toMatchObject([{ code: 'issue_is_pull_request' }]);
  const { notes, prompt } = await noteOf('1');
  expect(notes).toEqual([]);
  expect(prompt).toContain('#1 The list is short\n\nIt needs a line.\n\nComment by eve:\nYes.');
});

describe('a service that is killed', () => {
  const submitted = { repository_url: '', user_request: 'fix issue #1' };

  test.each([
    ['between push and pull request', 'after_push:create_pr'],
    ['before the pull request that was opened is recorded', 'after_pull_request:create_pr'],
  ])('%s goes on to the same one pull request', async (_when, point) => {
    const configuration = place.configuration({ forges: forges() });
    let id: string;
    {
      await using first = await startServiceProcess(configuration, point);
      id = await apiOf(first.url).submit({ ...submitted, repository_url: engine.url });
      await first.held;
      expect(engine.repository.pulls).toHaveLength(point.startsWith('after_push') ? 0 : 1);
      await first.kill();
    }
    await using second = await startServiceProcess(configuration);
    const events = await apiOf(second.url).untilEnd(id);
    expect(events.at(-1)).toMatchObject({
      type: 'work_order_completed',
      data: { outcome: 'pull_request_opened' },
    });
    expectOnePullRequest(id);
    const done = events.filter(({ type, data }) => type === 'effect_done' && data.effect === 'pull_request');
    expect(done).toHaveLength(1);
    expect(await apiOf(second.url).workOrder(id)).toMatchObject({
      github_pull_request_url: `http://${github.host}/ada/engine/pull/2`,
    });
  });
});
