import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Awo } from '../cli/awo.ts';
import type { AddedRepository, FakeForge } from '../fake-forge/server.ts';
import { startFakeGitea } from '../fake-gitea/server.ts';
import { startFakeGitlab } from '../fake-gitlab/server.ts';
import { filesWith, processesShowing } from '../suites/canary.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

// In two parts, so that no process shows it by the text of this test.
const TOKEN = ['canary', 'of-another-forge'].join('-');
const VARIABLE = 'TOKEN_OF_FAKE';

describe.each([
  {
    kind: 'gitlab',
    start: startFakeGitlab,
    fullName: 'group/sub/engine',
    pullPage: '/-/merge_requests/1',
    blob: '/-/blob/',
  },
  { kind: 'gitea', start: startFakeGitea, fullName: 'ada/engine', pullPage: '/pulls/2', blob: '/src/branch/' },
])('$kind', ({ kind, start, fullName, pullPage, blob }) => {
  let place: WorkPlace;
  let fake: FakeForge;
  let engine: AddedRepository;

  beforeEach(async () => {
    place = makeWorkPlace({ gated: false });
    fake = await start({ directory: join(place.directory, 'forge') });
    fake.addToken(TOKEN);
    engine = await fake.addRepository(fullName, { isPrivate: true });
    engine.addIssue({
      title: 'The list is short',
      body: 'It needs a line.',
      comments: [{ id: 1, login: 'eve', body: 'Yes.' }],
    });
  });
  afterEach(async () => {
    await fake[Symbol.asyncDispose]();
    place[Symbol.dispose]();
    expect(fake.violations).toEqual([]);
  });

  test('awo run ends with one pull request that closes the issue, and the token shows nowhere', async () => {
    const home = join(place.directory, 'home');
    mkdirSync(home);
    const agent = place.configuration().agentCommand ?? '';
    const forges = [{ host: fake.host, kind, apiUrl: fake.apiUrl, tokenEnvironment: VARIABLE }];
    const awo = new Awo(['run', engine.url, 'fix issue #1', '--agent', 'command', '--agent-command', agent], home, {
      [VARIABLE]: TOKEN,
      AWO_FORGES: JSON.stringify(forges),
      AWO_DATA_DIR: place.dataDirectory,
      AWO_CONFINEMENT: 'none',
      AWO_PORT: '0',
    });
    const shown: string[] = [];
    // The command itself was started with it.
    fake.onGitRequest = () => void shown.push(...processesShowing(TOKEN, [awo.process.pid ?? 0]));
    const { code, stdout, stderr } = await awo.ended;

    expect([code, stderr]).toEqual([0, expect.any(String)]);
    const page = `http://${fake.host}/${fullName}`;
    expect(stdout).toContain(`${page}${pullPage}`);
    const { pulls } = engine.repository;
    expect(pulls).toHaveLength(1);
    expect(pulls[0]).toMatchObject({ base: 'main', title: 'Keep a list', state: 'open' });
    const { body, head } = pulls[0]!;
    expect(body).toContain('\n\nCloses #1\n\n');
    expect(body).toContain(`](${page}${blob}${head}/specs/issue-1-`);
    expect(shown).toEqual([]);
    expect(stdout + stderr).not.toContain(TOKEN);
    expect(filesWith(TOKEN, place.dataDirectory)).toEqual([]);
  });
});
