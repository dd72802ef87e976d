import type { AgentCheck } from '../../ports/agent.ts';
import type { FoundProgram } from '../../process/find-program.ts';
import { checkProgram } from '../check-program.ts';
import type { Environment } from '../environment.ts';
import { claudeEnvironment } from './environment.ts';
import { findLogin } from './login.ts';

/** Each was run against the scripted model server and its streams were kept. */
const TRIED = ['2.1.330'];

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
  return await checkProgram(found, {
    program: 'Claude Code',
    namedBy: wanted === 'claude' ? null : 'CLAUDE_CLI_PATH',
    install: 'Install it with "npm install -g @anthropic-ai/claude-code", or set CLAUDE_CLI_PATH to the program.',
    logIn: 'Run "claude" once and log in, or set ANTHROPIC_API_KEY.',
    tried: TRIED,
    versionArgs: ['--version'],
    environment: claudeEnvironment(environment),
    isLoggedIn: () => isLoggedIn(environment),
  });
}

/** Null where the login is kept in a place that cannot be looked into. */
async function isLoggedIn(environment: Environment): Promise<boolean | null> {
  const { kind } = await findLogin(environment);
  if (kind === 'cloud' || kind === 'key_chain') return null;
  return kind !== 'none';
}
