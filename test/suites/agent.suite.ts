import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Activity, Agent, AgentResult, AgentRun } from '../../src/ports/agent.ts';
import { readProcess } from '../../src/process/process-table.ts';
import { runProcessTree } from '../../src/process/spawn.ts';

const SCRIPTED = fileURLToPath(new URL('../programs/scripted-agent.mjs', import.meta.url));
const LONG_MS = 60_000;

/** The service's environment in these tests: with secrets that no agent may see. */
export const SERVICE_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: '/somewhere/node_modules/.bin:/usr/bin:/bin',
  HOME: tmpdir(),
  AWO_API_TOKEN: 'secret-of-the-service',
  GITHUB_TOKEN: 'secret-of-the-forge',
  npm_config_userconfig: 'secret-of-npm',
};

export interface Asked {
  readonly result: AgentResult;
  readonly activities: readonly Activity[];
}

/** Makes the scripted agent a program that can be started by its path alone; returns that path. */
export async function makeScriptedProgram(folder: string, script: string = SCRIPTED): Promise<string> {
  const program = join(folder, 'the agent');
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
  await chmod(program, 0o755);
  return program;
}

const surroundings = z.object({
  args: z.array(z.string()),
  env: z.record(z.string(), z.string()),
  cwd: z.string(),
});

/** What the scripted agent answers to `behave: environment`. */
export function readSurroundings(result: AgentResult): z.infer<typeof surroundings> {
  return surroundings.parse(JSON.parse(result.output ?? ''));
}

/** Runs one attempt with real processes in a folder of its own. */
export async function ask(
  agent: Agent,
  { prompt, directory, ...rest }: Partial<AgentRun> & Pick<AgentRun, 'prompt' | 'directory'>,
): Promise<Asked> {
  const activities: Activity[] = [];
  const folders = {
    homeDirectory: join(directory, '..', 'home'),
    temporaryDirectory: join(directory, '..', 'tmp'),
    stateDirectory: join(directory, '..', 'state'),
  };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  const result = await agent.run({
    workOrderId: 'wo-suite001',
    step: 'implement',
    agentName: 'implementor',
    attempt: 1,
    model: null,
    limits: { firstActivityMs: undefined, idleMs: undefined, totalMs: undefined },
    maxTurns: null,
    maxCostUsd: null,
    mayChange: true,
    confined: false,
    resume: null,
    answerSchema: null,
    onMessage: null,
    signal: new AbortController().signal,
    ...folders,
    ...rest,
    prompt,
    directory,
    runProcess: (spec) =>
      runProcessTree(spec, {
        cwd: directory,
        command: { file: spec.file, args: spec.args, infoFd: null },
        recordsDirectory: null,
        owner: 'wo-suite001',
      }),
    onActivity: (activity) => {
      activities.push(activity);
      return rest.onActivity?.(activity);
    },
  });
  return { result, activities };
}

/** What every adapter must do, shown with a program that misbehaves as its prompt says. */
export function agentSuite(
  name: string,
  make: (input: { readonly program: string }) => Agent,
  { script = SCRIPTED }: { readonly script?: string } = {},
): void {
  describe(`agent ${name}`, () => {
    let folder: string;
    let directory: string;
    let agent: Agent;
    beforeAll(async () => {
      folder = await realpath(await mkdtemp(join(tmpdir(), 'awo-agent-suite-')));
      directory = join(folder, 'copy');
      await mkdir(directory);
      agent = make({ program: await makeScriptedProgram(folder, script) });
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const behave = (behaviour: string, rest: Partial<AgentRun> = {}): Promise<Asked> =>
      ask(agent, { prompt: `behave: ${behaviour}\n`, directory, ...rest });
    const limits = (some: Partial<AgentRun['limits']>): Pick<AgentRun, 'limits'> => ({
      limits: { firstActivityMs: LONG_MS, idleMs: LONG_MS, totalMs: LONG_MS, ...some },
    });

    test('streams what is said, and gives the answer', async () => {
      const { result, activities } = await behave('answer');
      expect(result).toMatchObject({ ok: true, output: expect.stringMatching(/the answer$/) });
      expect(activities).toContainEqual({ kind: 'text', text: 'thinking about it' });
    });

    test('activity comes while the program works, not at its end', async () => {
      const controller = new AbortController();
      const onActivity = ({ kind }: Activity): void => {
        if (kind === 'text') controller.abort();
      };
      const { result } = await behave('fall-silent', { signal: controller.signal, onActivity });
      expect(result).toMatchObject({ ok: false, errorCode: 'cancelled', output: 'so far' });
    });

    test('no secret of the service, and temporary files of its own', async () => {
      const { result } = await behave('environment');
      expect(result.output).not.toContain('secret-of');
      expect(result.output).not.toContain('node_modules/.bin');
      const { env, cwd } = readSurroundings(result);
      expect({ cwd, tmp: env['TMPDIR'] }).toEqual({ cwd: directory, tmp: join(directory, '..', 'tmp') });
    });

    test('a cancel ends the whole process tree', async () => {
      const controller = new AbortController();
      let pids: number[] = [];
      const onActivity = (activity: Activity): void => {
        if (activity.kind !== 'text') return;
        pids = activity.text.split(' ').slice(1).map(Number);
        controller.abort();
      };
      const { result } = await behave('stubborn', { signal: controller.signal, onActivity });
      expect(result).toMatchObject({ ok: false, errorCode: 'cancelled' });
      expect(pids).toHaveLength(2);
      for (const pid of pids) expect((await readProcess(pid))?.alive ?? false).toBe(false);
    });

    test('cancelled before its start', async () => {
      const { result, activities } = await behave('answer', { signal: AbortSignal.abort() });
      expect(result).toMatchObject({ ok: false, errorCode: 'cancelled', output: null });
      expect(activities).toEqual([]);
    });

    test('silence from the start', async () => {
      const { result } = await behave('silent', limits({ firstActivityMs: 300 }));
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_no_first_activity', output: null });
    });

    test('silence after a while', async () => {
      const { result } = await behave('fall-silent', limits({ idleMs: 300 }));
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_idle', output: 'so far' });
    });

    test('no end', async () => {
      const { result } = await behave('talk', limits({ totalMs: 1000 }));
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_timeout' });
    });

    test('a crash: exit code, last words and what was said until then', async () => {
      const { result } = await behave('crash');
      expect(result).toMatchObject({
        ok: false,
        errorCode: 'agent_crashed',
        errorMessage: expect.stringMatching(/exit code 3: last words$/),
        output: 'so far',
      });
    });

    test('a kill from outside', async () => {
      const { result } = await behave('die');
      expect(result).toMatchObject({
        ok: false,
        errorCode: 'agent_killed',
        errorMessage: expect.stringContaining('SIGKILL'),
        output: 'so far',
      });
    });

    test('a huge output: its beginning and its end are kept', async () => {
      const { result, activities } = await behave('flood 20000');
      expect(result).toMatchObject({ ok: false, errorCode: 'agent_crashed' });
      expect(activities.filter(({ kind }) => kind === 'text')).toHaveLength(20_001);
      expect(result.output?.length).toBeLessThan(1_200_000);
      expect(result.output).toMatch(/characters left out/);
      expect(result.output).toMatch(/the end of the flood$/);
    });

    test('a line without end', async () => {
      const { result, activities } = await behave('long-line 3000000');
      expect(result).toMatchObject({ ok: true, output: expect.stringMatching(/the answer$/) });
      // A line is kept up to 1 MiB.
      expect(result.output?.length).toBeLessThan(1_200_000);
      expect(JSON.stringify(activities).length).toBeLessThan(1_200_000);
    });

    test('a program that is not there', async () => {
      const missing = make({ program: join(folder, 'nowhere') });
      expect((await missing.check()).available).toBe(false);
      expect((await ask(missing, { prompt: 'x', directory })).result).toMatchObject({
        ok: false,
        errorCode: 'agent_missing',
        errorMessage: expect.stringContaining('nowhere does not exist'),
      });
    });
  });
}
