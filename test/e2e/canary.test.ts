import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Awo, awo } from '../cli/awo.ts';
import { found, foundBelow, makeCanaries } from '../suites/canaries.ts';
import type { WorkPlace } from '../suites/work-place.ts';
import { makeWorkPlace } from '../suites/work-place.ts';

const TELLER = resolve(import.meta.dirname, '../programs/canary-teller.mjs');
const READY = /ready at (http:\/\/127\.0\.0\.1:\d+) \(pid (\d+)\)/;

let place: WorkPlace;
afterEach(() => place[Symbol.dispose]());

/** A service whose environment holds canaries of every kind, and an agent that knows them all. */
async function begin(gated: boolean) {
  const canaries = makeCanaries();
  const login = `login-${canaries.GITEA_TOKEN.slice(0, 20).split('').toReversed().join('')}`;
  const proxy = `proxy-${canaries.GITEA_TOKEN.slice(20).split('').toReversed().join('')}`;
  const all = { ...canaries, 'codex login': login, HTTPS_PROXY: proxy };
  place = makeWorkPlace({ gated: false });
  const inside = (name: string) => join(place.directory, name);
  const gate = gated ? `export AGENT_GATE='${inside('gate')}'\n` : '';
  const script = `#!/bin/sh\n${gate}export CANARIES='${JSON.stringify(all)}'\nexec '${process.execPath}' '${TELLER}' ${place.directory}\n`;
  writeFileSync(inside('bin/teller'), script, { mode: 0o755 });
  // Every git of the service writes down what it was given, where it may write.
  const git = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
  const record = `cat /proc/self/environ >>'${inside('git-environ')}' 2>/dev/null\nexec '${git}' "$@"`;
  writeFileSync(inside('bin/git'), `#!/bin/sh\n${record}\n`);
  chmodSync(inside('bin/git'), 0o755);
  mkdirSync(inside('home/.codex'), { recursive: true });
  writeFileSync(inside('home/.codex/auth.json'), JSON.stringify({ tokens: { access_token: login } }));
  const environment = {
    ...canaries,
    HTTPS_PROXY: `http://me:${proxy}@127.0.0.1:9`,
    PATH: `${inside('bin')}:${process.env['PATH']}`,
    AWO_DATA_DIR: place.dataDirectory,
    AWO_ALLOW_LOCAL: place.directory,
    AWO_AGENT: 'command',
    AWO_AGENT_COMMAND: inside('bin/teller'),
    AWO_SANDBOX_READABLE: place.readable.join(':'),
    AWO_LOG_LEVEL: 'debug',
    AWO_LOG_FORMAT: 'json',
  };
  const service = new Awo(['serve', '--port', '0'], inside('home'), environment);
  const [, url = '', pid = ''] = await service.shows(READY);
  const headers = { authorization: `Bearer ${canaries.AWO_API_TOKEN}`, 'content-type': 'application/json' };
  const ask = async (path: string, more: RequestInit = {}) => {
    const response = await fetch(new URL(path, url), { ...more, headers: { ...headers, ...(more.headers as object) } });
    return `${[...response.headers].join('\n')}\n${await response.text()}`;
  };
  const submit = async (behaviour: string) => {
    const user_request = `Keep a list, behave: ${behaviour}, with ${canaries.GITHUB_TOKEN}`;
    const body = JSON.stringify({ repository_url: place.repository, user_request });
    const answer = await ask('/agent-work-orders', { method: 'POST', body });
    return /"agent_work_order_id":"(wo-[^"]+)"/.exec(answer)?.[1] ?? answer;
  };
  return { all, canaries, inside, service, url, pid: Number(pid), ask, submit, environment, headers };
}

type Place = Awaited<ReturnType<typeof begin>>;

/** Everything that a reader of a work order that has ended can be shown, by where it was shown. */
async function shownOf(here: Place, id: string): Promise<Readonly<Record<string, string>>> {
  const { ask, environment, inside, canaries } = here;
  const own = `/agent-work-orders/${id}`;
  const paths = [
    ...[
      '',
      '/steps',
      '/steps/1/prompt',
      '/steps/2/prompt',
      '/events?limit=1000',
      '/logs?limit=1000',
      '/git-progress',
    ].map((path) => own + path),
    ...['/logs/stream', '/diff', '/plan'].map((path) => own + path),
    '/agent-work-orders',
    '/health',
    `/nowhere/${canaries.GITHUB_TOKEN}`,
    `${own}/steps/1?x=${canaries.GITHUB_TOKEN}`,
  ];
  const shown: Record<string, string> = {};
  for (const path of paths) shown[path.replace(canaries.GITHUB_TOKEN, '')] = await ask(path);
  shown['the stream of events'] = await ask(`${own}/events`, { headers: { accept: 'text/event-stream' } });
  for (const args of [
    ['show', id],
    ['show', id, '--json'],
    ['logs', id],
    ['logs', id, '--json'],
    ['watch', id],
    ['list'],
    ['show', canaries.GITLAB_TOKEN],
  ]) {
    const { stdout, stderr } = await awo(args, inside('home'), environment);
    shown[`awo ${args[0]} ${args[2] ?? ''}`] = stdout + stderr;
  }
  return shown;
}

function findsIn(shown: Readonly<Record<string, string>>, all: Place['all']) {
  return Object.entries(shown).flatMap(([where, text]) => found(where, text, all));
}

async function untilTheEnd({ ask }: Place, id: string) {
  return ask(`/agent-work-orders/${id}/events`, { headers: { accept: 'text/event-stream' } });
}

async function stop({ service }: Place) {
  service.process.kill('SIGTERM');
  const { stdout, stderr } = await service.ended;
  return { stdout, stderr };
}

/** The pids of the processes below a process. */
function below(pid: number): readonly number[] {
  const rows = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const processes = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const family = new Set([pid]);
  for (let before = 0; before !== family.size;) {
    before = family.size;
    for (const [child = 0, parent = 0] of processes) if (family.has(parent)) family.add(child);
  }
  return [...family].filter((member) => member !== pid && existsSync(`/proc/${member}/environ`));
}

test('what an agent tells of the secrets of the service is stored, shown and sent nowhere', async () => {
  const here = await begin(true);
  const { all, inside, ask, submit, pid } = here;
  const id = await submit('tell');
  const log = await fetch(new URL(`/agent-work-orders/${id}/logs/stream`, here.url), { headers: here.headers });
  const reader = log.body!.pipeThrough(new TextDecoderStream()).getReader();
  let streamed = '';
  for (let done = false; !done && !streamed.includes('at the gate');) {
    const { value = '', done: ended } = await reader.read();
    streamed += value;
    done = ended;
  }
  await reader.cancel();
  expect(found('the log as it came', streamed, all)).toEqual([]);
  const running = await ask(`/agent-work-orders/${id}/steps`);
  expect(running).toMatch(/"activity":"at the gate with \[redacted GITHUB_TOKEN\]"/);

  // The agent knows the canaries by the word of this test, not by the service: that one variable is left out.
  const environs = below(pid).map((child) => readFileSync(`/proc/${child}/environ`, 'latin1').split('\0'));
  const given = environs.flatMap((variables) => variables.filter((variable) => !variable.startsWith('CANARIES=')));
  expect(environs.length).toBeGreaterThan(0);
  expect(given.some((variable) => variable.startsWith('AWO_STEP=implement'))).toBe(true);
  expect(found('the environment of a child', given.join('\n'), all)).toEqual([]);

  writeFileSync(join(inside('gate'), 'implement'), '');
  const events = await untilTheEnd(here, id);
  expect(events).toContain('work_order_completed');
  const gitEnvironment = readFileSync(inside('git-environ'));
  expect(gitEnvironment.includes('GIT_CONFIG_COUNT')).toBe(true);
  // The way through the proxy it may know: without it there is none to the remote.
  expect(found('the environment of git', gitEnvironment, here.canaries)).toEqual([]);

  const shown = await shownOf(here, id);
  expect(findsIn(shown, all)).toEqual([]);
  // It was told: each secret has left its name, in the log, the history and the commit.
  for (const name of Object.keys(all)) {
    expect(shown[`/agent-work-orders/${id}/logs?limit=1000`] ?? '', name).toContain(`[redacted ${name}]`);
    // On one line the key is none of the service's forms, but still a key.
    const label = name === 'OWN_DEPLOY_KEY' ? 'private key' : name;
    expect(place.git('log', '--format=%B', '--all'), name).toContain(`[redacted ${label}]`);
  }
  expect(shown[`/agent-work-orders/${id}`]).toContain('behave: tell, with [redacted GITHUB_TOKEN]');

  const whileOpen = foundBelow(place.dataDirectory, all);
  const printed = await stop(here);
  const { files, objects, finds } = foundBelow(place.dataDirectory, all);
  expect([...whileOpen.finds, ...finds, ...foundBelow(place.repository, all).finds]).toEqual([]);
  expect(files).toBeGreaterThan(3);
  expect(objects).toBeGreaterThan(500);
  expect(found('what the service printed', printed.stdout + printed.stderr, all)).toEqual([]);
});

test('a change that holds a secret is not pushed, and the failure names the file and not the value', async () => {
  const here = await begin(false);
  const { all, ask, submit } = here;
  const id = await submit('write');
  await untilTheEnd(here, id);
  const workOrder = await ask(`/agent-work-orders/${id}`);
  expect(workOrder).toContain('"error_code":"secret_in_changes"');
  expect(workOrder).toMatch(/settings\.txt holds [^"]*GITHUB_TOKEN and AWO_API_TOKEN/);
  expect(place.branches()).toEqual(['main']);
  const shown = await shownOf(here, id);
  expect(findsIn(shown, all)).toEqual([]);
  expect(shown[`/agent-work-orders/${id}/diff`]).toContain('+value = [redacted GITHUB_TOKEN]');
  expect(shown[`/agent-work-orders/${id}/plan`]).toContain('[redacted GITHUB_TOKEN]');
  await stop(here);
  // The work itself keeps what the agent wrote, and only it: the proof, too, that the search can find something.
  const places = foundBelow(place.dataDirectory, all).finds.map((find) => / in (.*?): /.exec(find)?.[1] ?? find);
  expect(places.some((where) => where.startsWith('objects of'))).toBe(true);
  const work = new RegExp(`^(?:objects of )?work-orders/${id}/(?:tree|collected\\.git|snapshot)`);
  expect(places.filter((where) => !work.test(where))).toEqual([]);
  expect(foundBelow(place.repository, all).finds).toEqual([]);
});

test('a secret that is cut at the edge of the last words of a crash is not told', async () => {
  const here = await begin(false);
  const id = await here.submit('crash');
  await untilTheEnd(here, id);
  expect(await here.ask(`/agent-work-orders/${id}`)).toMatch(/exit code 3: \[redacted GITHUB_TOKEN\]w/);
  expect(findsIn(await shownOf(here, id), here.all)).toEqual([]);
  await stop(here);
  expect(foundBelow(place.dataDirectory, here.all).finds).toEqual([]);
});
