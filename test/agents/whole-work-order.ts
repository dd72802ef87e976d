import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import type { EndedAttempt } from '../../src/domain/step.ts';
import { STEP_NAMES } from '../../src/domain/workflow.ts';
import { Awo, temporaryFolder } from '../cli/awo.ts';
import { startModelServer } from '../model-server/server.ts';
import { WRITTEN_FILE } from '../model-server/work-order.ts';
import { makeWorkPlace } from '../suites/work-place.ts';
import type { AgentProgramName } from './programs.ts';
import { agentProgram } from './programs.ts';

/** Stands for a key: it must be found nowhere afterwards. */
export const KEY = 'sk-canary-0123456789abcdef';

/** What makes a real program of `agent` talk to the scripted model, as a user would set it for the service. */
export interface RealAgent {
  readonly agent: string;
  readonly programs: readonly AgentProgramName[];
  readonly environment: (input: { readonly url: string; readonly file: string }) => Readonly<Record<string, string>>;
}

export const CLAUDE: RealAgent = {
  agent: 'claude',
  programs: ['claude'],
  environment: ({ url, file }) => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: KEY, AWO_CLAUDE_CLI_PATH: file }),
};
export const CODEX: RealAgent = {
  agent: 'codex',
  programs: ['codex'],
  environment: ({ url, file }) => ({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: KEY, AWO_CODEX_CLI_PATH: file }),
};
export const GEMINI: RealAgent = {
  agent: 'gemini',
  programs: ['gemini'],
  environment: ({ url, file }) => ({ GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: KEY, AWO_GEMINI_CLI_PATH: file }),
};

/** Why a real agent cannot be run here; null when it can. */
export function missingPart({ programs }: RealAgent): string | null {
  return programs.map((name) => agentProgram(name).missing).find((missing) => missing !== null) ?? null;
}

export interface WholeWorkOrder {
  readonly shown: string;
  readonly steps: readonly EndedAttempt[];
  readonly events: readonly WorkOrderEvent[];
}

/**
 * A user's whole way: `awo run` on a small repository, with real programs, until the branch is pushed. Asserts what is
 * true of every one of them: seven steps, the commit that the program made, no key anywhere, no process left.
 */
export async function carryWorkOrder(
  agents: readonly RealAgent[],
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<WholeWorkOrder> {
  await using server = await startModelServer();
  const place = makeWorkPlace({ gated: false });
  onTestFinished(() => place[Symbol.dispose]());
  const settings = agents.flatMap((agent) => {
    const program = agentProgram(agent.programs[0]!);
    return Object.entries(agent.environment({ url: server.url('work-order'), file: program.file ?? '' }));
  });
  const env = { AWO_DATA_DIR: place.dataDirectory, ...Object.fromEntries(settings), ...environment };
  const home = await temporaryFolder();
  const run = new Awo(['run', place.repository, 'Add a greeting', ...args], home, env);
  const { code, stdout, stderr } = await run.ended;
  expect([code, stderr], stdout).toEqual([0, expect.not.stringContaining('rror')]);

  const id = /wo-[a-z0-9]{8}/.exec(stdout)?.[0] ?? '';
  const read = async (...words: readonly string[]): Promise<string> => (await new Awo(words, home, env).ended).stdout;
  const shown: { readonly step_history: { readonly steps: readonly EndedAttempt[] } } = JSON.parse(
    await read('show', id, '--json'),
  );
  const { steps } = shown.step_history;
  expect(steps.map(({ step, status }) => [step, status])).toEqual(STEP_NAMES.map((step) => [step, 'succeeded']));
  const branch = place.branches().find((name) => name.includes(id)) ?? '';
  expect(place.git('show', `${branch}:${WRITTEN_FILE.path}`)).toBe(WRITTEN_FILE.content.trim());
  expect(place.git('log', '-1', '--format=%s', branch)).toBe('Add a greeting');
  for (const step of ['classify', 'plan', 'implement'] as const) {
    const attempt = steps.find((each) => each.step === step);
    expect(attempt, step).toMatchObject({ session_id: expect.any(String), agent: expect.any(String) });
    expect(await read('show', id, '--prompt', step)).toMatch(/^You /);
  }
  const log = await read('logs', id, '--json');
  for (const event of ['text', 'tool_call', 'tool_result', 'result']) expect(log).toContain(`"event":"${event}"`);
  await expectNoKey(place.dataDirectory);
  for (const text of [stdout, stderr, log]) expect(text).not.toContain(KEY);
  return { shown: stdout, steps, events: await eventsOf(read, id) };
}

async function eventsOf(read: (...words: readonly string[]) => Promise<string>, id: string) {
  const lines = (await read('watch', id, '--json')).trim().split('\n');
  return lines.map((line): WorkOrderEvent => JSON.parse(line));
}

async function expectNoKey(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) expect((await readFile(file)).includes(KEY), file).toBe(false);
}
