import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { detectConfinement } from '../../src/sandboxes/confinement/detect.ts';
import { Awo, awo } from '../cli/awo.ts';
import type { FakeApp } from '../fake-github/apps.ts';
import { fakeApp } from '../fake-github/apps.ts';
import type { AddedRepository, FakeGithub } from '../fake-github/server.ts';
import { startFakeGithub } from '../fake-github/server.ts';
import { found, foundBelow } from '../suites/canaries.ts';
import { processesShowing } from '../suites/canary.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

const here = await detectConfinement('auto');

let place: WorkPlace;
let github: FakeGithub;
let engine: AddedRepository;
let app: FakeApp;
let pem: string;

beforeEach(async () => {
  place = makeWorkPlace({ gated: false });
  github = await startFakeGithub({ directory: join(place.directory, 'github') });
  engine = await github.addRepository('engine', { isPrivate: true });
  engine.addIssue({ title: 'The list is short', body: 'It needs a line.' });
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  pem = String(privateKey.export({ type: 'pkcs1', format: 'pem' }));
  app = fakeApp({ id: 7, publicKey, installedOn: ['ada/engine'] });
  github.apps.push(app);
});
afterEach(async () => {
  await github[Symbol.asyncDispose]();
  place[Symbol.dispose]();
  expect(github.violations).toEqual([]);
});

/** Runs the work order as the app, with an agent that reads out the key wherever it can be read. */
async function runAsApp(confinement: 'none' | 'auto') {
  const inside = (name: string) => join(place.directory, name);
  const keyFile = inside('bin/app.pem');
  writeFileSync(keyFile, pem, { mode: 0o600 });
  const program = inside('bin/telling-agent');
  const tell = `cat '${keyFile}' || echo 'there is no key'\nwhile read -r line; do echo "line: $line"; done <'${keyFile}'\nenv`;
  writeFileSync(program, `#!/bin/sh\n{ ${tell}\n} >&2\nexec '${place.configuration().agentCommand}'\n`);
  chmodSync(program, 0o755);
  mkdirSync(inside('home'));
  const environment = {
    AWO_FORGES: JSON.stringify([
      { host: github.host, kind: 'github', apiUrl: github.apiUrl, app: { id: 7, privateKeyFile: keyFile } },
    ]),
    AWO_DATA_DIR: place.dataDirectory,
    AWO_CONFINEMENT: confinement,
    AWO_SANDBOX_READABLE: place.readable.join(':'),
    AWO_LOG_LEVEL: 'debug',
    AWO_PORT: '0',
  };
  const shown: string[] = [];
  const secrets = () => [...app.tokens.keys(), ...pem.split('\n').slice(1, 3)];
  github.onGitRequest = () => void shown.push(...secrets().flatMap((secret) => processesShowing(secret)));
  const args = ['run', engine.url, 'fix issue #1', '--agent', 'command', '--agent-command', program];
  const { code, stdout, stderr } = await new Awo(args, inside('home'), environment).ended;
  const id = /wo-[0-9a-z]+/.exec(stdout)?.[0] ?? 'no id';
  const logs = (await awo(['logs', id], inside('home'), environment)).stdout;
  return { code, stdout, stderr, logs, shown };
}

test.each(['none', 'auto'] as const)(
  'a work order as an app ends with one pull request, and neither key nor token shows: confinement %s',
  async (confinement) => {
    const { code, stdout, stderr, logs, shown } = await runAsApp(confinement);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(engine.repository.pulls).toMatchObject([{ base: 'main', state: 'open' }]);
    expect(engine.repository.pulls[0]?.body).toContain('Closes #1');
    expect(stdout).toContain(`http://${github.host}/ada/engine/pull/2`);
    // One for the whole work order, git and API.
    const [token = '', ...more] = app.tokens.keys();
    expect(more).toEqual([]);

    const canaries = { token, key: pem.trim() };
    // Shut in, the agent finds an empty file in a folder that it is shown.
    expect(logs.includes('[redacted GitHub App key]')).toBe(confinement === 'none' || here.report.kind === 'none');
    expect(shown).toEqual([]);
    expect(found('what was printed', stdout + stderr + logs, canaries)).toEqual([]);
    const { files, finds } = foundBelow(place.dataDirectory, canaries);
    expect(files).toBeGreaterThan(3);
    expect(finds).toEqual([]);
    expect(found('the file of the key', pem, canaries)).toHaveLength(1);
  },
);
