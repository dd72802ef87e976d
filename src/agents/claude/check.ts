import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentCheck } from '../../ports/agent.ts';
import type { FoundProgram } from '../../process/find-program.ts';
import type { Environment } from '../environment.ts';
import { oneLine } from '../text.ts';
import { claudeEnvironment, homeOf } from './environment.ts';

const VERSION_TIMEOUT_MS = 10_000;
const INSTALL = 'Install it with "npm install -g @anthropic-ai/claude-code", or set CLAUDE_CLI_PATH to the program.';
const LOG_IN = 'Run "claude" once and log in, or set ANTHROPIC_API_KEY.';

/** Whether Claude Code can be used here, without a model call. Never rejects. */
export async function checkClaude({
  found,
  wanted,
  environment,
}: {
  readonly found: FoundProgram;
  /** What was looked for: a name or a path. */
  readonly wanted: string;
  readonly environment: Environment;
}): Promise<AgentCheck> {
  if (found.path === null) {
    const problem =
      wanted === 'claude' ? 'Claude Code is not installed.' : `CLAUDE_CLI_PATH names no program: ${found.problem}.`;
    return { available: false, version: null, loggedIn: null, problem, nextStep: INSTALL };
  }
  const [answer, loggedIn] = await Promise.all([askVersion(found.path, environment), isLoggedIn(environment)]);
  if ('problem' in answer) {
    const problem = `Claude Code does not start: ${answer.problem}`;
    return { available: false, version: null, loggedIn, problem, nextStep: INSTALL };
  }
  const { version } = answer;
  if (loggedIn === false) {
    return { available: false, version, loggedIn, problem: 'Claude Code is not logged in.', nextStep: LOG_IN };
  }
  return { available: true, version, loggedIn, problem: null, nextStep: null };
}

function askVersion(
  file: string,
  environment: Environment,
): Promise<{ readonly version: string } | { readonly problem: string }> {
  return new Promise((resolve) => {
    const env = claudeEnvironment({ environment, run: null });
    const child = execFile(
      file,
      ['--version'],
      { env, timeout: VERSION_TIMEOUT_MS, killSignal: 'SIGKILL', maxBuffer: 64 * 1024 },
      (error, stdout, stderr) => {
        const version = /\d+\.\d+\.\d+\S*/.exec(stdout)?.[0];
        if (error === null && version !== undefined) resolve({ version });
        else if (error?.killed === true) resolve({ problem: '"--version" got no answer in time.' });
        else resolve({ problem: oneLine(stderr || (error?.message ?? '"--version" names no version.'), 200) });
      },
    );
    child.stdin?.end();
  });
}

/** Null where the login is kept in a place that cannot be looked into: a key chain, a cloud provider's credentials. */
async function isLoggedIn(environment: Environment): Promise<boolean | null> {
  const keys = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'];
  if (keys.some((name) => Boolean(environment[name]))) return true;
  const folder = environment['CLAUDE_CONFIG_DIR'] ?? join(homeOf(environment), '.claude');
  try {
    await access(join(folder, '.credentials.json'));
    return true;
  } catch {
    const elsewhere = ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY'];
    return process.platform === 'darwin' || elsewhere.some((name) => Boolean(environment[name])) ? null : false;
  }
}
