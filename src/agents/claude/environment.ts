import { homedir } from 'node:os';
import type { AgentRun } from '../../ports/agent.ts';
import type { Environment } from '../environment.ts';
import { pickEnvironment, programPath } from '../environment.ts';

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

/** Settings of this service, traces of a Claude Code session around it, and a setting that breaks runs like ours. */
const KEPT_BACK = new Set([
  'CLAUDE_CLI_PATH',
  'CLAUDE_CLI_MODEL',
  'CLAUDE_CLI_MAX_TURNS',
  'CLAUDE_CODE_ENTRYPOINT',
  'CLAUDE_CODE_SESSION_ID',
  'CLAUDE_CODE_SSE_PORT',
  'CLAUDE_CODE_SUBPROCESS_ENV_SCRUB',
]);

/** The user's home: the login of Claude Code is in it. */
export function homeOf(environment: Environment): string {
  return environment['HOME'] ?? homedir();
}

/** What Claude Code needs to find its login and its model, and nothing else of the service's environment. */
export function claudeEnvironment({
  environment,
  run,
}: {
  readonly environment: Environment;
  /** Null for a look at the version. */
  readonly run: Pick<AgentRun, 'temporaryDirectory'> | null;
}): Record<string, string> {
  return {
    ...pickEnvironment(environment, isWanted),
    PATH: programPath(environment),
    HOME: homeOf(environment),
    ...(run === null ? {} : { TMPDIR: run.temporaryDirectory }),
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_MAX_RETRIES: MAX_MODEL_RETRIES,
    // As root it refuses to work without asking, unless it is told that this is a sandbox.
    ...(process.getuid?.() === 0 ? { IS_SANDBOX: '1' } : {}),
  };
}

function isWanted(name: string): boolean {
  if (KEPT_BACK.has(name)) return false;
  return NAMES.has(name.toUpperCase()) || /^(?:ANTHROPIC_|CLAUDE_|LC_)/.test(name);
}
