import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClaudeAgent } from '../../src/agents/claude/agent.ts';
import { createCommandAgent } from '../../src/agents/command/agent.ts';
import { createDemoAgent } from '../../src/agents/demo/agent.ts';
import { makeSampleRepository } from '../../src/agents/demo/sample.ts';
import type { Activity, Agent } from '../../src/ports/agent.ts';
import { SCRIPTED_ACP, acpAgent } from './acp.ts';
import { agentSuite, ask, makeScriptedProgram, readSurroundings, SERVICE_ENVIRONMENT } from './agent.suite.ts';

const environment = SERVICE_ENVIRONMENT;
const claude = ({ program }: { readonly program: string }): Agent =>
  createClaudeAgent({ cliPath: program, model: 'configured', maxTurns: 40, environment });
const command = ({ program }: { readonly program: string }): Agent =>
  createCommandAgent({ commandLine: `'${program}'`, passEnvironment: [], environment });

agentSuite('claude', claude);
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
      '--output-format',
      'stream-json',
      '--verbose',
      '--dangerously-skip-permissions',
      '--strict-mcp-config',
      '--setting-sources',
      'project',
      '--model',
      'wanted',
      '--max-turns',
      '40',
    ]);
    expect(seen.env['HOME']).toBe(environment['HOME']);
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
      if (activity.kind === 'message') controller.abort();
    };
    const slow = createDemoAgent({ sampleDirectory, pace: 100, environment });
    const cancelled = await ask(slow, { prompt, directory: copy, signal: controller.signal, onActivity });
    expect(cancelled.result).toMatchObject({ ok: false, errorCode: 'cancelled' });
    expect(await readFile(join(copy, 'src/cli.js'), 'utf8')).not.toContain('shout');

    const done = await ask(fast, { prompt, directory: copy });
    expect(done.result).toMatchObject({ ok: true, output: expect.stringContaining('feat: add a --shout option') });
    expect(done.activities).toContainEqual({ kind: 'message', level: 'info', text: 'editing src/cli.js' });
    expect(await readFile(join(copy, 'src/cli.js'), 'utf8')).toContain('shout');
  });
});
