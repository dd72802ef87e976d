import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Agent, AgentRun } from '../../src/ports/agent.ts';
import { ask } from '../suites/agent.suite.ts';
import type { Asked } from '../suites/agent.suite.ts';
import type { AgentProgram, AgentProgramName } from './programs.ts';
import { agentProgram } from './programs.ts';

/** A real program with a repository to work in, and folders of its own. */
export interface AcpPlace extends AsyncDisposable {
  readonly directory: string;
  ask(agent: Agent, run: Partial<AgentRun> & Pick<AgentRun, 'prompt'>): Promise<Asked>;
}

export async function makeAcpPlace(): Promise<AcpPlace> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'awo-real-acp-')));
  const directory = join(folder, 'copy');
  await mkdir(directory);
  await promisify(execFile)('git', ['init', '--quiet', directory]);
  return {
    directory,
    ask: (agent, run) => ask(agent, { directory, ...run }),
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The PATH on which a program that runs in Node finds the Node of these tests, and no PATH of a package. */
export const NODE_PATH = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;

/** A program that is there; one that is not says why its tests are passed over. */
export function programOrReason(name: AgentProgramName): AgentProgram {
  const program = agentProgram(name);
  if (program.missing !== null) process.stderr.write(`The tests of ${name} are passed over: ${program.missing}\n`);
  return program;
}

/** The first words by which the scripted model knows a role. */
export const PROMPTS = {
  classifier: 'You sort requests to change a software repository.\n\n<request>\nAdd a greeting\n</request>\n',
  planner:
    'You plan a new feature in the repository of the current folder.\n\n<request>\nAdd a greeting\n</request>\n\n<plan_file>\nspecs/plan-greeting.md\n</plan_file>\n',
  implementor:
    'You carry out a plan in the repository of the current folder.\n\n<plan_file>\nspecs/plan-greeting.md\n</plan_file>\n',
} as const;
