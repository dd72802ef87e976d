import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClaudeAgent } from '../../src/agents/claude/agent.ts';
import { createCodexAgent } from '../../src/agents/codex/agent.ts';
import { createCommandAgent } from '../../src/agents/command/agent.ts';
import { createDemoAgent } from '../../src/agents/demo/agent.ts';
import { makeSampleRepository } from '../../src/agents/demo/sample.ts';
import type { Activity, Agent, AgentRun } from '../../src/ports/agent.ts';
import { SCRIPTED_ACP, acpAgent } from './acp.ts';
import { agentSuite, ask, makeScriptedProgram, readSurroundings, SERVICE_ENVIRONMENT } from './agent.suite.ts';

const environment = SERVICE_ENVIRONMENT;
const claude = ({ program }: { readonly program: string }): Agent =>
  createClaudeAgent({ cliPath: program, model: 'configured', maxTurns: 40, environment });
const codex = ({ program }: { readonly program: string }): Agent =>
  createCodexAgent({ cliPath: program, model: 'configured', environment: { ...environment, OPENAI_API_KEY: 'key' } });
const command = ({ program }: { readonly program: string }): Agent =>
  createCommandAgent({ commandLine: `'${program}'`, passEnvironment: [], environment });

agentSuite('claude', claude);
agentSuite('codex', codex);
agentSuite('command', command);
agentSuite('acp', ({ program }) => acpAgent(program), { script: SCRIPTED_ACP });

let folder: string;
let directory: string;
let program: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'awo-agents-')));
  directory = join(folder, 'copy');
  await mkdir(directory);
  program = await makeScriptedProgram(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('claude besides', () => {
  test('is asked for its stream, without a question, with the model of the work order', async () => {
    const seen = await look({ model: 'wanted' });
    expect(seen.args).toEqual([
      '-p',
      '--input-format',
      'stream-json',
      '--output-format',
      'stream-json',
      '--verbose',
      '--permission-prompt-tool',
      'stdio',
      '--permission-mode',
      'bypassPermissions',
      '--strict-mcp-config',
      '--setting-sources',
      'project',
      '--disallowedTools',
      'EnterWorktree,CronCreate,ScheduleWakeup',
      '--model',
      'wanted',
      '--max-turns',
      '40',
    ]);
    expect(seen.env).toMatchObject({ HOME: join(folder, 'home'), CLAUDE_CONFIG_DIR: join(folder, 'state') });
    expect((await look({ model: null })).args).toContain('configured');
  });

  test('ends on its result, although the program goes on; session and usage are told', async () => {
    const { result, activities } = await ask(claude({ program }), { prompt: 'behave: linger', directory });
    expect(result).toEqual({
      ok: true,
      output: 'the answer',
      answer: null,
      sessionId: 'session-1',
      usage: { input_tokens: 7, output_tokens: 5, cost_usd: 0.5 },
    });
    expect(activities[0]).toEqual({ kind: 'session', sessionId: 'session-1' });
  });

  async function look({ model }: { readonly model: string | null }): Promise<ReturnType<typeof readSurroundings>> {
    const { result } = await ask(claude({ program }), { prompt: 'behave: environment', directory, model });
    return readSurroundings(result);
  }
});

describe('codex besides', () => {
  test('is asked for its stream, in its sandbox, with the model of the work order', async () => {
    const seen = await look({ model: 'wanted' });
    expect(seen.args).toEqual(codexArgs('workspace-write', '--model', 'wanted'));
    const folders = { HOME: 'home', TMPDIR: 'tmp', CODEX_HOME: 'state' };
    for (const [name, path] of Object.entries(folders)) expect(seen.env[name]).toBe(join(folder, path));
    expect(seen.env).toMatchObject({ CODEX_API_KEY: 'key' });
    expect(seen.env).not.toHaveProperty('OPENAI_API_KEY');
    expect((await look({})).args).toEqual(codexArgs('workspace-write', '--model', 'configured'));
  });

  test('its sandbox is closed for a role that only looks, and off inside another one', async () => {
    expect((await look({ mayChange: false })).args[4]).toBe('read-only');
    expect((await look({ mayChange: false, confined: true })).args[4]).toBe('danger-full-access');
  });

  test('goes on with a session, or with a copy of it', async () => {
    const resume = { sessionId: 'before', fork: false, usage: null };
    expect((await look({ resume })).args.slice(-3)).toEqual(['resume', 'before', '-']);
    expect((await look({ resume: { ...resume, fork: true } })).args.slice(-3)).toEqual(['fork', 'before', '-']);
  });

  test('is given the form of the answer as a file, and its configuration without a key', async () => {
    const answerSchema = { type: 'object' };
    const { result } = await ask(codex({ program }), { prompt: 'behave: environment', directory, answerSchema });
    const schema = join(folder, 'tmp', 'answer-schema.json');
    expect(result).toMatchObject({ answer: { args: expect.arrayContaining(['--output-schema', schema]) } });
    expect(await readFile(schema, 'utf8')).toBe(JSON.stringify(answerSchema));
    const config = join(folder, 'state', 'config.toml');
    expect(await readFile(config, 'utf8')).toMatch(/^model_provider = "agent-work-orders"$/m);
    expect(await readFile(config, 'utf8')).not.toMatch(/base_url|"key"/);
    expect((await stat(config)).mode & 0o777).toBe(0o600);
  });

  test('limits that it does not know are told in the log', async () => {
    const { activities } = await ask(codex({ program }), {
      prompt: 'behave: answer',
      directory,
      maxTurns: 3,
      maxCostUsd: 1,
    });
    expect(activities.slice(0, 2)).toEqual([
      { kind: 'message', level: 'warn', text: expect.stringContaining('no limit of turns') },
      { kind: 'message', level: 'warn', text: expect.stringContaining('limit of money is not kept') },
    ]);
  });

  test('is not started without a login', async () => {
    const agent = createCodexAgent({ cliPath: program, model: null, environment: { ...environment, HOME: folder } });
    const { result } = await ask(agent, { prompt: 'behave: answer', directory });
    expect(result).toMatchObject({ ok: false, errorCode: 'agent_not_logged_in' });
  });

  test('ends on the end of its turn, although the program goes on; session and usage are told', async () => {
    const { result, activities } = await ask(codex({ program }), { prompt: 'behave: linger', directory });
    const usage = { input_tokens: 7, output_tokens: 5, cost_usd: null };
    expect(result).toEqual({ ok: true, output: 'the answer', answer: null, sessionId: 'session-1', usage });
    expect(activities[0]).toEqual({ kind: 'session', sessionId: 'session-1' });
  });

  async function look(rest: Partial<AgentRun>): Promise<ReturnType<typeof readSurroundings>> {
    const { result } = await ask(codex({ program }), { prompt: 'behave: environment', directory, ...rest });
    return readSurroundings(result);
  }

  function codexArgs(sandbox: string, ...rest: readonly string[]): readonly string[] {
    return ['exec', '--json', '--skip-git-repo-check', '--sandbox', sandbox, ...rest, '-'];
  }
});

describe('command besides', () => {
  test('has exactly the environment that is promised', async () => {
    const { result } = await ask(
      createCommandAgent({
        commandLine: `'${program}' "two words" $HOME`,
        passEnvironment: ['SHARED', 'HOME', 'NOT_SET'],
        environment: { ...environment, SHARED: 'yes' },
      }),
      { prompt: 'behave: environment', directory },
    );
    const seen = readSurroundings(result);
    expect(seen.args).toEqual(['two words', '$HOME']);
    // What runs and marks processes, and the shell between, add their own.
    const added = new Set(['AWO_PROCESS_MARKER', 'PWD', 'OLDPWD', 'SHLVL', '_']);
    const env = Object.fromEntries(Object.entries(seen.env).filter(([name]) => !added.has(name)));
    expect(env).toEqual({
      PATH: '/usr/bin:/bin',
      HOME: join(folder, 'home'),
      TMPDIR: join(folder, 'tmp'),
      LANG: 'C.UTF-8',
      AWO_WORK_ORDER_ID: 'wo-suite001',
      AWO_STEP: 'implement',
      AWO_AGENT_NAME: 'implementor',
      AWO_ATTEMPT: '1',
      SHARED: 'yes',
    });
  });

  test('standard error is activity, not answer', async () => {
    const commandLine = `sh -c 'echo working >&2; cat; echo done >&2'`;
    const agent = createCommandAgent({ commandLine, passEnvironment: [], environment });
    const { result, activities } = await ask(agent, { prompt: 'the prompt\n', directory });
    expect(result).toMatchObject({ ok: true, output: 'the prompt' });
    const messages = activities.filter((activity) => activity.kind === 'message');
    expect(messages.map(({ text }) => text)).toEqual(['working', 'done']);
  });
});

describe('demo', () => {
  test('carries out a request in its sample, and can be cancelled in the middle', async () => {
    const sampleDirectory = join(folder, 'demo');
    const remote = await makeSampleRepository({ directory: sampleDirectory });
    const copy = join(folder, 'sample');
    await promisify(execFile)('git', ['clone', '--quiet', remote, copy]);
    const plan = 'specs/plan.md';
    const prompt = `<request>add --shout</request><plan_file>${plan}</plan_file>`;
    const fast = createDemoAgent({ sampleDirectory, pace: 0, environment });
    const planned = await ask(fast, { prompt, directory: copy, step: 'plan', agentName: 'planner' });
    expect(planned.result).toMatchObject({ ok: true, output: expect.stringContaining(plan) });

    const controller = new AbortController();
    const onActivity = (activity: Activity): void => {
      if (activity.kind === 'tool_call') controller.abort();
    };
    const slow = createDemoAgent({ sampleDirectory, pace: 100, environment });
    const cancelled = await ask(slow, { prompt, directory: copy, signal: controller.signal, onActivity });
    expect(cancelled.result).toMatchObject({ ok: false, errorCode: 'cancelled' });
    expect(await readFile(join(copy, 'src/cli.js'), 'utf8')).not.toContain('shout');

    const done = await ask(fast, { prompt, directory: copy });
    expect(done.result).toMatchObject({ ok: true, output: expect.stringContaining('feat: add a --shout option') });
    const editing = { kind: 'tool_call', tool: 'edit', summary: 'editing src/cli.js', input: { path: 'src/cli.js' } };
    expect(done.activities).toContainEqual(editing);
    expect(done.activities).toContainEqual({ kind: 'tool_result', ok: true, text: expect.stringContaining('# pass') });
    expect(await readFile(join(copy, 'src/cli.js'), 'utf8')).toContain('shout');
  });
});
