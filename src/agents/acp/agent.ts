import { isAbsolute } from 'node:path';
import { WorkOrderError } from '../../domain/errors.ts';
import type { Agent, AgentCheck } from '../../ports/agent.ts';
import type { TimeLimits } from '../../ports/process.ts';
import { findProgram } from '../../process/find-program.ts';
import type { FoundProgram } from '../../process/find-program.ts';
import type { Environment } from '../environment.ts';
import { notStarted } from '../end.ts';
import { pickEnvironment, plainEnvironment, programPath } from '../environment.ts';
import { splitCommand } from '../split-command.ts';
import type { AcpProgram, OfferedLogin } from './program.ts';
import { stderrAsMessage } from './program.ts';
import { runAcpProgram } from './run.ts';

/** Programs behind the protocol start in up to twenty seconds and try a model that is busy again for minutes, in silence. */
const DEFAULT_LIMITS: TimeLimits = {
  firstActivityMs: 3 * 60 * 1000,
  idleMs: 10 * 60 * 1000,
  totalMs: 60 * 60 * 1000,
};

const SET_ONE = 'Set AWO_ACP_COMMAND to a program that speaks the Agent Client Protocol, with its arguments.';

/** Modes in which the programs that were tried ask before they change anything. */
const ASKING_MODES = ['default', 'ask', 'approve', 'read-only', 'plan'];

export interface AcpAgentOptions {
  /** `AWO_ACP_COMMAND`: split with shell quoting, nothing expanded. Null or blank when there is none. */
  readonly commandLine: string | null;
  /** `AWO_ACP_MODE`: set where the role may change things; null leaves the program's own. */
  readonly mode: string | null;
  /** `AWO_ACP_ENV`: names of variables of the service that the program gets too. */
  readonly passEnvironment: readonly string[];
  /** `AWO_ACP_HOSTS`: what it reaches also where the network is an allow-list. */
  readonly modelHosts: readonly string[];
  readonly environment: Environment;
}

/**
 * Any program that speaks the Agent Client Protocol. Throws `configuration_invalid` for a command line or a name that
 * cannot be used.
 */
export function createAcpAgent({
  commandLine,
  mode,
  passEnvironment,
  modelHosts,
  environment,
}: AcpAgentOptions): Agent {
  const words = commandLine === null ? [] : splitCommand(commandLine, { of: 'acp_command' });
  const [program = null, ...args] = words;
  if (program !== null && !isAbsolute(program) && (program === '' || program.includes('/'))) {
    throw invalid('acp_command', `The command "${program}" is neither an absolute path nor a name on PATH.`);
  }
  if (passEnvironment.includes('AWO_API_TOKEN')) {
    throw invalid('acp_env', 'AWO_API_TOKEN in AWO_ACP_ENV would let an agent order work; take it out.');
  }
  const passed = new Set(passEnvironment);
  const name = program === null ? 'The ACP program' : `The ACP program "${program}"`;
  const find = (): FoundProgram => {
    if (program === null) return { path: null, problem: 'none is set' };
    return findProgram({ file: program, path: programPath(environment), cwd: '/' });
  };

  return {
    id: 'acp',
    modelDriven: true,
    resumes: false,
    tells: { cost: false, tokens: false },
    refuses: () => null,

    check(): Promise<AgentCheck> {
      const found = find();
      const available = found.path !== null;
      const problem = available ? null : `${name} cannot be started: ${found.problem}.`;
      const nextStep = available ? null : program === null ? SET_ONE : 'Install it, or give its absolute path.';
      return Promise.resolve({ available, version: null, versionTried: null, loggedIn: null, problem, nextStep });
    },

    async run(run) {
      const found = find();
      if (found.path === null) return notStarted({ program: name, problem: found.problem });
      const env = {
        ...pickEnvironment(environment, (variable) => passed.has(variable)),
        ...plainEnvironment(run, environment),
        // Such programs keep their sessions in their home, and a later attempt goes on with them.
        HOME: run.stateDirectory,
      };
      return runAcpProgram({
        run,
        file: found.path,
        args,
        env,
        needs: { readable: [], hosts: modelHosts },
        program: acpProgram({ name, mode, model: run.model, environment: env }),
        defaultLimits: DEFAULT_LIMITS,
      });
    },
  };
}

function acpProgram({
  name,
  mode,
  model,
  environment,
}: Pick<AcpProgram, 'name' | 'mode' | 'model'> & { readonly environment: Environment }): AcpProgram {
  return {
    name,
    mode,
    model,
    askingModes: ASKING_MODES,
    loginMethods: (offered) => offered.filter((login) => needsNobody(login, environment)).map(({ id }) => id),
    replaysLate: false,
    tokensAreOfLastCall: false,
    readStderr: stderrAsMessage,
  };
}

/** A login by a key that is in its environment already; others open a browser or ask on a terminal. */
function needsNobody({ type, variables, takesKey }: OfferedLogin, environment: Environment): boolean {
  if (variables.length > 0) return variables.every((variable) => Boolean(environment[variable]));
  return takesKey && type !== 'terminal' && Object.keys(environment).some((variable) => variable.endsWith('_API_KEY'));
}

function invalid(path: string, message: string): WorkOrderError {
  return new WorkOrderError('configuration_invalid', message, { faults: [{ path, message }] });
}
