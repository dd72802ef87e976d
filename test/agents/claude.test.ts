import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, watch, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createClaudeAgent } from '../../src/agents/claude/agent.ts';
import type { Activity, Agent, AgentRun } from '../../src/ports/agent.ts';
import { readProcess } from '../../src/process/process-table.ts';
import type { ModelServer } from '../model-server/server.ts';
import { startModelServer } from '../model-server/server.ts';
import { RESET_AFTER_SECONDS } from '../model-server/faults.ts';
import type { Place } from '../model-server/scenarios.ts';
import { WRITTEN_FILE } from '../model-server/work-order.ts';
import type { Asked } from '../suites/agent.suite.ts';
import { ask } from '../suites/agent.suite.ts';
import { agentProgram } from './programs.ts';

const program = agentProgram('claude');
if (program.missing !== null) process.stderr.write(`Claude Code is not tested: ${program.missing}\n`);

const KEY = 'key-of-this-test';
const CLASSIFY = 'You sort requests to change a software repository.\n\n<request>Add a greeting</request>';
const PLAN =
  'You plan a new feature in the repository.\n\n<request>Add a greeting</request>\n<plan_file>specs/plan.md</plan_file>';
const IMPLEMENT = 'You carry out a plan in the repository.\n\n<plan_file>specs/plan.md</plan_file>';
const CLASS_SCHEMA = {
  type: 'object',
  properties: { class: { type: 'string', enum: ['bug', 'feature', 'chore'] }, reason: { type: 'string' } },
  required: ['class', 'reason'],
  additionalProperties: false,
};
/** What one answer of the scripted model is said to have cost. */
const ONE_TURN = { input_tokens: 1200, output_tokens: 42, cost_usd: expect.closeTo(0.0045) };

describe.skipIf(program.missing !== null)('the real Claude Code', () => {
  let server: ModelServer;
  let folder: string;
  let directory: string;
  beforeAll(async () => {
    server = await startModelServer({
      scenarios: {
        'tells-environment': ({ turn }) => (turn === 0 ? { actions: [{ run: 'env' }] } : { text: 'That is all.' }),
        'tells-pid': ({ turn }) =>
          turn === 0
            ? {
                text: 'I wait.',
                actions: [{ run: `bash -c 'echo $$ > ../tmp/pid.new; mv ../tmp/pid.new ../tmp/pid; exec sleep 300'` }],
              }
            : { text: 'I have waited.' },
      },
    });
  });
  afterAll(() => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'awo-claude-')));
    directory = join(folder, 'copy');
    for (const name of ['copy', 'tmp', 'user']) await mkdir(join(folder, name));
    await promisify(execFile)('git', ['init', '--quiet', directory]);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  interface Settings {
    readonly place?: Place;
    /** In place of the key. */
    readonly login?: Readonly<Record<string, string>>;
    readonly url?: string;
  }

  function agent(scenario: string, { place = {}, login = { ANTHROPIC_API_KEY: KEY }, url }: Settings = {}): Agent {
    return createClaudeAgent({
      cliPath: program.file,
      model: null,
      maxTurns: null,
      environment: {
        PATH: '/usr/bin:/bin',
        HOME: join(folder, 'user'),
        ANTHROPIC_BASE_URL: url ?? server.url(scenario, place),
        ...login,
      },
    });
  }

  const run = (scenario: string, rest: Partial<AgentRun> = {}, settings: Settings = {}): Promise<Asked> =>
    ask(agent(scenario, settings), { prompt: IMPLEMENT, directory, ...rest });
  const limits = (some: Partial<AgentRun['limits']>): Pick<AgentRun, 'limits'> => ({
    limits: { firstActivityMs: undefined, idleMs: undefined, totalMs: undefined, ...some },
  });

  describe('a work order', () => {
    test('classify: looks only, and answers in the form of the schema', async () => {
      const { result } = await run('work-order', { prompt: CLASSIFY, mayChange: false, answerSchema: CLASS_SCHEMA });
      expect(result).toMatchObject({ ok: true, output: '/feature', answer: { class: 'feature' } });
      expect(await readdir(directory)).toEqual(['.git']);
    });

    test('plan: writes its file', async () => {
      const { result, activities } = await run('work-order', { prompt: PLAN });
      expect(result).toMatchObject({ ok: true, output: expect.stringContaining('specs/plan.md') });
      expect(await readFile(join(directory, 'specs/plan.md'), 'utf8')).toMatch(/^# Feature/);
      expect(activities).toContainEqual({ kind: 'thinking', text: 'First I look around.' });
    });

    test('implement: writes a file and runs a command, and nothing has to be asked', async () => {
      const { result, activities } = await run('work-order');
      expect(result).toMatchObject({ ok: true, output: expect.stringContaining('Commit message:') });
      expect(result.usage).toEqual({ input_tokens: 3600, output_tokens: 126, cost_usd: expect.closeTo(0.0135) });
      expect(await readFile(join(directory, WRITTEN_FILE.path), 'utf8')).toBe(WRITTEN_FILE.content);
      const shown = activities.filter(({ kind }) => kind === 'tool_call' || kind === 'permission');
      expect(shown).toMatchObject([
        { kind: 'tool_call', summary: 'writing hello.txt' },
        { kind: 'tool_call', summary: 'running git status --short' },
      ]);
      expect(activities.find(({ kind }) => kind === 'session')).toEqual({
        kind: 'session',
        sessionId: result.sessionId,
      });
    });

    test('a prompt that begins with a slash is no command of the program', async () => {
      const { result } = await run('work-order', { prompt: '/compact' });
      expect(result).toMatchObject({ ok: true, output: 'ok', usage: ONE_TURN });
    });

    test('a prompt of 600 KB arrives whole', async () => {
      const long = `${'a long line of a large request '.repeat(20_000)}END`;
      const { result } = await run('work-order', { prompt: long });
      expect(result).toMatchObject({ ok: true, output: 'ok' });
      expect(JSON.stringify(server.requests.at(-1)?.body)).toContain(long);
    });
  });

  describe('ends badly', () => {
    const closed = 'http://127.0.0.1:1';
    const cases: Readonly<
      Record<string, { readonly scenario: string; readonly run?: Partial<AgentRun>; readonly settings?: Settings }>
    > = {
      agent_login_refused: { scenario: 'bad-key' },
      agent_not_logged_in: { scenario: 'work-order', settings: { login: {} } },
      agent_rate_limited: { scenario: 'rate-limited' },
      agent_overloaded: { scenario: 'overloaded' },
      agent_context_full: { scenario: 'context-full' },
      agent_model_unavailable: { scenario: 'unknown-model' },
      agent_refused: { scenario: 'refusal' },
      agent_said_nothing: { scenario: 'nothing' },
      agent_network: { scenario: 'cut' },
      'agent_network (down)': { scenario: 'work-order', settings: { url: closed } },
      agent_turn_limit: { scenario: 'endless', run: { maxTurns: 3 } },
      agent_budget_limit: { scenario: 'expensive', run: { maxCostUsd: 1 } },
      agent_no_first_activity: { scenario: 'stall', run: limits({ firstActivityMs: 3000 }) },
      agent_idle: { scenario: 'write-then-stall', run: limits({ idleMs: 2000 }) },
      agent_timeout: { scenario: 'long-tool', run: limits({ totalMs: 3000 }) },
    };
    test.each(Object.entries(cases))('%s', async (name, { scenario, run: rest, settings }) => {
      const { result } = await run(scenario, rest, settings);
      expect(result).toMatchObject({ ok: false, errorCode: name.split(' ')[0] });
      expect(result.sessionId).toMatch(/^[0-9a-f-]{36}$/);
    });

    test('a limit of a subscription: with the time at which it ends', async () => {
      const before = Date.now();
      const { result } = await run('rate-limited-reset', {}, { login: { CLAUDE_CODE_OAUTH_TOKEN: 'a-token' } });
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_rate_limited', resetsAt: expect.any(String) });
      const inSeconds = (Date.parse(result.ok ? '' : (result.resetsAt ?? '')) - before) / 1000;
      expect(inSeconds).toBeGreaterThan(RESET_AFTER_SECONDS - 2);
      expect(inSeconds).toBeLessThan(RESET_AFTER_SECONDS + 60);
    });

    test('after a fault in the middle: what was said and used until then is kept', async () => {
      const { result } = await run('overloaded', {}, { place: { afterTurns: 2 } });
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_overloaded' });
      expect(result.output).toBe('I add the file.\nI check what has changed.');
      expect(result.usage).toMatchObject({ input_tokens: 2400, output_tokens: 84 });
    });

    test('denied by the settings of the repository', async () => {
      await mkdir(join(directory, '.claude'));
      await writeFile(
        join(directory, '.claude/settings.json'),
        JSON.stringify({ permissions: { deny: ['Edit(hello.txt)'] } }),
      );
      const { result } = await run('work-order');
      expect(result).toMatchObject({
        ok: false,
        errorCode: 'agent_permission_denied',
        errorMessage: 'Claude Code was denied the use of Write.',
      });
    });
  });

  describe('a tool that does not end', () => {
    /** Runs it, does something when its process is there, and says which one it was. */
    async function whileItRuns(
      act: (input: { readonly pid: number; readonly controller: AbortController }) => Promise<void>,
    ): Promise<Asked & { readonly pid: number; readonly tookMs: number }> {
      const controller = new AbortController();
      const written = pidOfTool(join(folder, 'tmp'));
      const running = run('tells-pid', { signal: controller.signal });
      const pid = await written;
      expect((await readProcess(pid))?.alive).toBe(true);
      const since = performance.now();
      await act({ pid, controller });
      return { ...(await running), pid, tookMs: performance.now() - since };
    }

    test('is dead after a cancel; what was used is known, and it took no three seconds', async () => {
      const { result, activities, pid, tookMs } = await whileItRuns(async ({ controller }) => controller.abort());
      expect(result).toMatchObject({ ok: false, errorCode: 'cancelled', output: 'I wait.', usage: ONE_TURN });
      expect(activities).toContainEqual(expect.objectContaining({ kind: 'usage' }));
      expect((await readProcess(pid))?.alive ?? false).toBe(false);
      expect(tookMs).toBeLessThan(3000);
    });

    test('is dead when the program is killed from outside', async () => {
      const { result, pid } = await whileItRuns(async ({ pid: tool }) => {
        process.kill(await programAbove(tool), 'SIGKILL');
      });
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_killed' });
      expect((await readProcess(pid))?.alive ?? false).toBe(false);
    });
  });

  test('who may change nothing does not, is told so, and may say so', async () => {
    const { result, activities } = await run('work-order', { mayChange: false });
    expect(result.ok).toBe(true);
    const asked = activities.filter((activity) => activity.kind === 'permission');
    expect(asked).toEqual([{ kind: 'permission', tool: 'Write', summary: 'writing hello.txt', allowed: false }]);
    expect(activities).toContainEqual({
      kind: 'tool_result',
      ok: false,
      text: expect.stringContaining('Nothing may be changed in this step'),
    });
    expect(await readdir(directory)).toEqual(['.git']);
  });

  describe('a session', () => {
    test('is gone on with, and copied; only what is new is counted', async () => {
      const first = await run('work-order');
      const sessionId = first.result.sessionId ?? '';
      const again = (fork: boolean): Promise<Asked> =>
        run('work-order', { prompt: 'Go on.', resume: { sessionId, fork, usage: first.result.usage } });
      const resumed = await again(false);
      expect(resumed.result).toMatchObject({ ok: true, output: 'ok', sessionId, usage: ONE_TURN });
      expect(JSON.stringify(server.requests.at(-1)?.body)).toContain('You carry out a plan');
      const forked = await again(true);
      expect(forked.result).toMatchObject({ ok: true, usage: ONE_TURN });
      expect(forked.result.sessionId).not.toBe(sessionId);
    });

    test('that is not there any more: it says so, and begins a new one', async () => {
      const sessionId = '11111111-2222-4333-8444-555555555555';
      const { result, activities } = await run('work-order', { resume: { sessionId, fork: false, usage: null } });
      expect(result.ok).toBe(true);
      expect(result.sessionId).not.toBe(sessionId);
      expect(activities).toContainEqual({
        kind: 'message',
        level: 'warn',
        text: `The session ${sessionId} is not there any more; Claude Code begins a new one.`,
      });
      const sessions = activities.filter(({ kind }) => kind === 'session');
      expect(sessions).toEqual([{ kind: 'session', sessionId: result.sessionId }]);
    });
  });

  describe('its login', () => {
    test('a key reaches the model and no tool, and is not left behind', async () => {
      const { result, activities } = await run('tells-environment');
      expect(result.ok).toBe(true);
      expect(server.requests.at(-1)?.headers['x-api-key']).toBe(KEY);
      const told = activities.find((activity): activity is Activity & { kind: 'tool_result' } => {
        return activity.kind === 'tool_result';
      });
      expect(told).toMatchObject({ ok: true, text: expect.stringContaining('CLAUDE_CONFIG_DIR=') });
      expect(JSON.stringify(activities)).not.toContain(KEY);
      expect(await readdir(join(folder, 'state'))).not.toContain('model-key');
    });

    test('a login of the user is lent, and is not left behind', async () => {
      const claudeAiOauth = {
        accessToken: 'access-of-the-user',
        refreshToken: 'refresh-of-the-user',
        expiresAt: Date.now() + 86_400_000,
        scopes: ['user:inference', 'user:profile'],
        subscriptionType: 'max',
      };
      await mkdir(join(folder, 'user/.claude'));
      await writeFile(join(folder, 'user/.claude/.credentials.json'), JSON.stringify({ claudeAiOauth }));
      const { result } = await run('work-order', {}, { login: {} });
      expect(result.ok).toBe(true);
      expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer access-of-the-user');
      expect(await readdir(join(folder, 'state'))).not.toContain('.credentials.json');
      expect(await readdir(join(folder, 'user/.claude'))).toEqual(['.credentials.json']);
    });

    test('is found by the check, with the version that was tried', async () => {
      expect(await agent('work-order').check()).toEqual({
        available: true,
        version: program.missing === null ? program.version : null,
        versionTried: true,
        loggedIn: true,
        problem: null,
        nextStep: null,
      });
      expect(await agent('work-order', { login: {} }).check()).toMatchObject({ available: false, loggedIn: false });
    });
  });
});

/** The process that a tool names in a file, once it is there. */
async function pidOfTool(folder: string): Promise<number> {
  for await (const { filename } of watch(folder)) {
    if (filename === 'pid') return Number(await readFile(join(folder, 'pid'), 'utf8'));
  }
  throw new Error('no tool has named its process');
}

/** The process of Claude Code that has started this one. */
async function programAbove(pid: number): Promise<number> {
  for (let process = await readProcess(pid); process !== null; process = await readProcess(process.parentPid)) {
    if (process.name.startsWith('claude')) return process.pid;
  }
  throw new Error('Claude Code is not above its tool');
}
