import type { AgentRun } from '../../ports/agent.ts';
import type { Environment } from '../environment.ts';
import { pickEnvironment, programPath } from '../environment.ts';
import { homeOf } from './login.ts';
import type { LentLogin } from './login.ts';

/** Its own retries can hang a run for minutes; ours are the engine's. */
const MAX_MODEL_RETRIES = '2';

const NAMES = new Set([
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'ALL_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]);

/** Settings of this service, and a setting that breaks runs like ours. */
const KEPT_BACK = new Set([
  'CLAUDE_CLI_PATH',
  'CLAUDE_CLI_MODEL',
  'CLAUDE_CLI_MAX_TURNS',
  'CLAUDE_CONFIG_DIR',
  'CLAUDE_CODE_SUBPROCESS_ENV_SCRUB',
]);

/** What Claude Code tells its tools: traces of a session around this service. */
const OF_SESSION = /^CLAUDE_(?:PID|EFFORT|CODE_(?:ENTRYPOINT|EXECPATH|SSE_PORT|(?:SESSION|CHILD|MESSAGING)_\w+))$/;

/** What Claude Code needs for a look at its version. */
export function claudeEnvironment(environment: Environment): Record<string, string> {
  return {
    ...pickEnvironment(environment, isWanted),
    PATH: programPath(environment),
    HOME: homeOf(environment),
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
}

/** What Claude Code needs to find its login and its model, and nothing else of the service's environment. */
export function claudeRunEnvironment({
  environment,
  run,
  login,
}: {
  readonly environment: Environment;
  readonly run: Pick<AgentRun, 'homeDirectory' | 'temporaryDirectory' | 'stateDirectory'>;
  readonly login: Pick<LentLogin, 'home' | 'keyHelper'>;
}): Record<string, string> {
  const { ANTHROPIC_API_KEY: key, ...rest } = claudeEnvironment(environment);
  return {
    ...rest,
    ...(key === undefined || login.keyHelper !== null ? {} : { ANTHROPIC_API_KEY: key }),
    ...(login.home === null
      ? { HOME: run.homeDirectory, CLAUDE_CONFIG_DIR: run.stateDirectory }
      : { HOME: login.home }),
    TMPDIR: run.temporaryDirectory,
    CLAUDE_CODE_MAX_RETRIES: MAX_MODEL_RETRIES,
    // A helper in the background works on after the result of its turn, which is the end for us.
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    // As root it refuses to work without asking, unless it is told that this is a sandbox.
    ...(process.getuid?.() === 0 ? { IS_SANDBOX: '1' } : {}),
  };
}

function isWanted(name: string): boolean {
  if (KEPT_BACK.has(name) || OF_SESSION.test(name)) return false;
  return NAMES.has(name.toUpperCase()) || /^(?:ANTHROPIC_|CLAUDE_|LC_)/.test(name);
}
