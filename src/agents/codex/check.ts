import type { AgentCheck } from '../../ports/agent.ts';
import { checkProgram } from '../check-program.ts';
import type { Environment } from '../environment.ts';
import { codexEnvironment } from './environment.ts';
import type { FoundCodex } from './find-codex.ts';
import { findLogin } from './login.ts';

/** Each was run against the scripted model server and its streams were kept. */
const TRIED = ['0.169.0'];

/** Whether Codex can be used here, without a model call. Never rejects. */
export async function checkCodex({
  found,
  wanted,
  environment,
}: {
  readonly found: FoundCodex;
  /** What was looked for: a name or a path. */
  readonly wanted: string;
  readonly environment: Environment;
}): Promise<AgentCheck> {
  const login = await findLogin(environment);
  return checkProgram(found, {
    program: 'Codex',
    namedBy: wanted === 'codex' ? null : 'AWO_CODEX_CLI_PATH',
    install: 'Install it with "npm install -g @openai/codex", or set AWO_CODEX_CLI_PATH to the program.',
    logIn: 'Run "codex login", or set CODEX_API_KEY or OPENAI_API_KEY.',
    tried: TRIED,
    versionArgs: ['--version'],
    environment: codexEnvironment({ environment, run: null, login }),
    isLoggedIn: () => Promise.resolve(login.kind === 'not_needed' ? null : login.kind !== 'none'),
  });
}
