import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { WorkOrderError } from '../../domain/errors.ts';
import type { Agent, AgentCheck } from '../../ports/agent.ts';
import type { TimeLimits } from '../../ports/process.ts';
import type { FoundProgram } from '../../process/find-program.ts';
import { findProgram } from '../../process/find-program.ts';
import { installRoots } from '../../process/install-roots.ts';
import { notStarted } from '../end.ts';
import type { Environment } from '../environment.ts';
import { pickEnvironment, plainEnvironment, programPath } from '../environment.ts';
import { runPlainProgram } from '../plain-program.ts';
import { splitCommand } from '../split-command.ts';

/** How long an unknown program thinks before its first word is not known, so only the whole attempt is limited. */
const DEFAULT_LIMITS: TimeLimits = { firstActivityMs: null, idleMs: null, totalMs: 60 * 60 * 1000 };

const SET_ONE = 'Start the service with --agent-command "PROGRAM ARG…", or set AWO_AGENT_COMMAND.';

export interface CommandAgentOptions {
  /** `AWO_AGENT_COMMAND`: split with shell quoting, nothing expanded. Null or blank when there is none. */
  readonly commandLine: string | null;
  /** `AWO_AGENT_ENV`: names of variables of the service that the program gets too. */
  readonly passEnvironment: readonly string[];
  readonly environment: Environment;
}

/**
 * Any program as an agent: prompt on standard input, answer on standard output, activity on standard error. Throws
 * `configuration_invalid` for a command line or a name that cannot be used.
 */
export function createCommandAgent({ commandLine, passEnvironment, environment }: CommandAgentOptions): Agent {
  const words = commandLine === null ? [] : splitCommand(commandLine);
  const [program = null, ...args] = words;
  if (program !== null) refuseRelativeProgram(program);
  for (const name of passEnvironment) refuseUnsafeName(name);

  const find = (): FoundProgram => {
    if (program === null) return { path: null, problem: 'none is set' };
    return findProgram({ file: program, path: programPath(environment), cwd: '/' });
  };

  return {
    id: 'command',
    modelDriven: false,
    resumes: false,
    tells: { cost: false, tokens: false },
    refuses: () => null,

    check(): Promise<AgentCheck> {
      const found = find();
      const available = found.path !== null;
      const problem = available ? null : `The agent command cannot be started: ${found.problem}.`;
      const nextStep = available ? null : program === null ? SET_ONE : 'Install it, or give its absolute path.';
      return Promise.resolve({ available, version: null, versionTried: null, loggedIn: null, problem, nextStep });
    },

    async run(run) {
      const found = find();
      if (found.path === null) {
        return notStarted({ program: 'The agent command', problem: found.problem });
      }
      const passed = new Set(passEnvironment);
      // The fixed variables come last: a name in AWO_AGENT_ENV never changes where home and programs are.
      const env = {
        ...pickEnvironment(environment, (name) => passed.has(name)),
        ...plainEnvironment(run, environment),
      };
      return runPlainProgram({
        run,
        program: `The agent command "${program}"`,
        file: found.path,
        args,
        env,
        readable: scriptsIn(args, programPath(environment)),
        defaultLimits: DEFAULT_LIMITS,
      });
    },
  };
}

/** What files among the arguments need: in `node /home/ada/agent.js` the program is the second word. */
function scriptsIn(args: readonly string[], path: string | undefined): readonly string[] {
  return args.filter(isFile).flatMap((file) => installRoots({ file, path }));
}

function isFile(word: string): boolean {
  try {
    return isAbsolute(word) && statSync(word).isFile();
  } catch {
    return false;
  }
}

function refuseRelativeProgram(program: string): void {
  if (program !== '' && (isAbsolute(program) || !program.includes('/'))) return;
  throw invalid('agent_command', `The agent command "${program}" is neither an absolute path nor a name on PATH.`);
}

function refuseUnsafeName(name: string): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw invalid('agent_env', `"${name}" in AWO_AGENT_ENV is not the name of a variable.`);
  }
  if (name === 'AWO_API_TOKEN') {
    throw invalid('agent_env', 'AWO_API_TOKEN in AWO_AGENT_ENV would let an agent order work; take it out.');
  }
}

function invalid(path: string, message: string): WorkOrderError {
  return new WorkOrderError('configuration_invalid', message, { faults: [{ path, message }] });
}
