import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createCodexAgent } from '../../src/agents/codex/agent.ts';
import type { Activity, AgentRun } from '../../src/ports/agent.ts';
import { createPromptSource } from '../../src/prompts/command-files.ts';
import type { Scenario } from '../model-server/reply.ts';
import { startModelServer } from '../model-server/server.ts';
import type { ModelServer } from '../model-server/server.ts';
import { ask, SERVICE_ENVIRONMENT } from '../suites/agent.suite.ts';
import type { Asked } from '../suites/agent.suite.ts';
import { agentProgram } from './programs.ts';

const program = agentProgram('codex');
const skipped = program.missing !== null;
if (skipped) process.stderr.write(`The tests of the real Codex are skipped: ${program.missing}\n`);

const LONG_MS = 60_000;
const KEY = 'sk-of-these-tests';
/** Is offered its tools one by one; the program's own model writes scripts that use them. */
const OLDER_MODEL = 'gpt-5.5-codex';
const OWN_MODEL = 'gpt-6.1-sol';
/** A command line that no other process has. */
const MARK = `86399.${process.pid}`;

const once =
  (run: string): Scenario =>
  ({ turn }) =>
    turn === 0 ? { actions: [{ run }] } : { text: 'Done.' };
const scenarios: Readonly<Record<string, Scenario>> = {
  environment: once('env > environment.txt'),
  sleeps: once(`sleep ${MARK}`),
  outside: ({ turn }) =>
    turn === 0 ? { actions: [{ write: { path: '../outside.txt', content: 'x' } }] } : { text: 'Done.' },
};

const prompts = createPromptSource({
  shippedDirectory: fileURLToPath(new URL('../../commands', import.meta.url)),
  overrideDirectory: null,
});
const promptOf = (name: string, ...args: readonly string[]): Promise<string> =>
  prompts.prompt({ name, args, readOverride: () => Promise.resolve(null) });

describe.skipIf(skipped)('the real Codex', () => {
  let server: ModelServer;
  let folder: string;
  let directory: string;
  let implement: string;
  beforeAll(async () => {
    server = await startModelServer({ scenarios });
    implement = await promptOf('implementor', 'specs/p.md', '# Feature: a greeting', 'Add a greeting');
  });
  afterAll(() => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'awo-codex-')));
    directory = join(folder, 'copy');
    await mkdir(directory);
    await promisify(execFile)('git', ['init', '--quiet', directory]);
    return () => rm(folder, { recursive: true, force: true });
  });

  const agentAt = (baseUrl: string, environment: Readonly<Record<string, string>> = { OPENAI_API_KEY: KEY }) =>
    createCodexAgent({
      cliPath: program.file,
      model: OLDER_MODEL,
      environment: { ...SERVICE_ENVIRONMENT, OPENAI_BASE_URL: baseUrl, ...environment },
    });
  const run = (scenario: string, rest: Partial<AgentRun> = {}): Promise<Asked> =>
    ask(agentAt(`${server.url(scenario)}/v1`), { prompt: implement, directory, ...rest });
  const limits = (some: Partial<AgentRun['limits']>): Pick<AgentRun, 'limits'> => ({
    limits: { firstActivityMs: LONG_MS, idleMs: LONG_MS, totalMs: LONG_MS, ...some },
  });

  test('is found, with its version', async () => {
    const version = program.missing === null ? program.version : '';
    expect(await agentAt('http://localhost').check()).toMatchObject({ available: true, version, versionTried: true });
  });

  test('classifies in the form that is asked for', async () => {
    const work_class = { type: 'string', enum: ['/bug', '/chore', '/feature'] };
    const answerSchema = {
      type: 'object',
      properties: { work_class },
      required: ['work_class'],
      additionalProperties: false,
    };
    const prompt = await promptOf('classifier', 'Add a greeting', '');
    const { result } = await run('work-order', { prompt, answerSchema, mayChange: false });
    expect(result).toMatchObject({ ok: true, answer: { work_class: '/feature' }, output: 'work_class: /feature' });
  });

  test('plans: writes the file that it was told', async () => {
    const prompt = await promptOf('planner_feature', 'Add a greeting', '', 'specs/plan-1.md');
    const { result, activities } = await run('work-order', { prompt });
    expect(result).toMatchObject({ ok: true, usage: { input_tokens: 3600, output_tokens: 126, cost_usd: null } });
    expect(await readFile(join(directory, 'specs/plan-1.md'), 'utf8')).toMatch(/^# Feature: /);
    expect(activities).toContainEqual(
      expect.objectContaining({ kind: 'tool_call', summary: 'writing specs/plan-1.md' }),
    );
  });

  test.each([
    [OLDER_MODEL, false],
    [OLDER_MODEL, true],
    [OWN_MODEL, false],
    [OWN_MODEL, true],
  ])('implements: writes a file and runs a command (%s, confined: %s)', async (model, confined) => {
    const { result, activities } = await run('work-order', { model, confined });
    expect(result).toMatchObject({ ok: true, output: expect.stringContaining('Commit message:') });
    expect(await readFile(join(directory, 'hello.txt'), 'utf8')).toMatch(/^Hello/);
    expect(activities[0]).toEqual({ kind: 'session', sessionId: result.sessionId });
    expect(activities).toContainEqual(
      expect.objectContaining({ kind: 'tool_call', summary: 'running git status --short' }),
    );
    expect(activities).toContainEqual(expect.objectContaining({ kind: 'thinking' }));
  });

  test('its tools do not inherit its key', async () => {
    const { result } = await run('environment');
    expect(result.ok).toBe(true);
    const environment = await readFile(join(directory, 'environment.txt'), 'utf8');
    expect(environment).toMatch(/^CODEX_HOME=/m);
    expect(environment).not.toContain(KEY);
    expect(server.requests.some(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
  });

  describe('what fails', () => {
    test.each([
      ['bad-key', 'agent_login_refused'],
      ['rate-limited', 'agent_rate_limited'],
      ['overloaded', 'agent_overloaded'],
      ['context-full', 'agent_context_full'],
      ['unknown-model', 'agent_model_unavailable'],
      ['refusal', 'agent_said_nothing'],
      ['nothing', 'agent_said_nothing'],
      ['cut', 'agent_network'],
    ])('%s is %s', async (scenario, errorCode) => {
      const { result } = await run(scenario);
      expect(result).toMatchObject({ ok: false, errorCode, resetsAt: null });
    });

    test('a usage limit, with the time of its end', async () => {
      const { result } = await run('rate-limited-reset');
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_rate_limited' });
      const waitMs = result.ok ? 0 : Date.parse(result.resetsAt ?? '') - Date.now();
      // The limit ends in an hour; the program says the minute.
      expect(Math.round(waitMs / 60_000)).toBeCloseTo(60, -1);
    });

    test('a 401 without a key', async () => {
      const agent = agentAt(`${server.url('bad-key')}/v1`, {});
      const { result } = await ask(agent, { prompt: implement, directory });
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_not_logged_in' });
    });

    test('a model that is not reached: it would wait for ever', async () => {
      const agent = agentAt('http://127.0.0.1:1/v1');
      const { result, activities } = await ask(agent, {
        prompt: implement,
        directory,
        ...limits({ firstActivityMs: 3000 }),
      });
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_network' });
      expect(activities.some(({ kind }) => kind === 'retry')).toBe(true);
    });

    test('a model that says nothing', async () => {
      const { result } = await run('stall', limits({ firstActivityMs: 2000 }));
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_no_first_activity' });
    });

    test('a model that falls silent; what was done stays', async () => {
      const { result } = await run('write-then-stall', limits({ idleMs: 4000 }));
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_idle', output: 'I add the file.' });
      expect(existsSync(join(directory, 'hello.txt'))).toBe(true);
    });

    test('work without end', async () => {
      const { result } = await run('endless', limits({ totalMs: 4000 }));
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_timeout' });
    });

    test('a change outside of the working copy', async () => {
      const { result, activities } = await run('outside');
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_permission_denied' });
      expect(activities).toContainEqual(expect.objectContaining({ kind: 'permission', allowed: false }));
      expect(existsSync(join(folder, 'outside.txt'))).toBe(false);
    });

    test('a role that only looks changes nothing, and that is no failure', async () => {
      const { result, activities } = await run('work-order', { mayChange: false });
      expect(result.ok).toBe(true);
      expect(activities).toContainEqual(expect.objectContaining({ kind: 'permission', allowed: false }));
      expect(existsSync(join(directory, 'hello.txt'))).toBe(false);
    });

    test('a kill from outside', async () => {
      const onActivity = async ({ kind }: Activity): Promise<void> => {
        if (kind !== 'tool_call') return;
        const [pid] = await processesWith('exec', '--model', directory);
        process.kill(pid ?? process.pid, 'SIGKILL');
      };
      const { result } = await run('sleeps', { onActivity, model: directory });
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_killed' });
    });
  });

  test('goes on with a session, and in a copy of it; usage is that of each attempt', async () => {
    const first = await run('work-order');
    const sessionId = first.result.sessionId ?? '';
    const usage = { input_tokens: 3600, output_tokens: 126, cost_usd: null };
    expect(first.result.usage).toEqual(usage);
    const again = { input_tokens: 1200, output_tokens: 42, cost_usd: null };

    const forked = await run('work-order', { prompt: 'More.', resume: { sessionId, fork: true, usage } });
    expect(forked.result).toMatchObject({ ok: true, output: 'ok', usage: again });
    expect(forked.result.sessionId).not.toBe(sessionId);

    const resumed = await run('work-order', { prompt: 'More.', resume: { sessionId, fork: false, usage } });
    expect(resumed.result).toMatchObject({ ok: true, output: 'ok', sessionId, usage: again });
  });

  test('a session that is not there', async () => {
    const sessionId = '01a20fec-ffff-7793-bf8b-27fa7e9517fc';
    const { result } = await run('work-order', { resume: { sessionId, fork: false, usage: null } });
    expect(result).toMatchObject({ ok: false, errorMessage: expect.stringContaining('no rollout found') });
  });

  test.each([false, true])('a cancel ends a running tool (confined: %s)', async (confined) => {
    const controller = new AbortController();
    let seen: readonly number[] = [];
    const onActivity = async ({ kind }: Activity): Promise<void> => {
      if (kind !== 'tool_call') return;
      seen = await vi.waitFor(async () => {
        const pids = await processesWith('sleep', MARK);
        expect(pids).not.toEqual([]);
        return pids;
      }, LONG_MS);
      controller.abort();
    };
    const { result } = await run('sleeps', { signal: controller.signal, onActivity, confined });
    expect(result).toMatchObject({ ok: false, errorCode: 'cancelled' });
    expect(seen).not.toEqual([]);
    expect(await processesWith('sleep', MARK)).toEqual([]);
  });

  test('a prompt of 600 KB', async () => {
    const prompt = `${implement}\n${'word '.repeat(120_000)}`;
    const { result } = await run('work-order', { prompt });
    expect(result.ok).toBe(true);
    const longest = Math.max(...server.requests.map(({ body }) => JSON.stringify(body).length));
    expect(longest).toBeGreaterThan(600_000);
  });
});

/** Pids of the processes that have all of these among their arguments. */
async function processesWith(...words: readonly string[]): Promise<readonly number[]> {
  const pids: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const args = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (words.every((word) => args.split('\0').includes(word))) pids.push(Number(name));
  }
  return pids;
}
