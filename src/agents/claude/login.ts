import { access, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AgentRun } from '../../ports/agent.ts';
import type { Environment } from '../environment.ts';
import { lendLogins } from '../login-files.ts';

/** Where the user's login of Claude Code is, as far as it can be told without a model call. */
export type ClaudeLogin =
  /** `ANTHROPIC_API_KEY`. */
  | { readonly kind: 'key'; readonly key: string }
  /** `ANTHROPIC_AUTH_TOKEN` or `CLAUDE_CODE_OAUTH_TOKEN`: only their own variables can carry them. */
  | { readonly kind: 'token' }
  | { readonly kind: 'file'; readonly path: string }
  /** On macOS, where it cannot be looked into. */
  | { readonly kind: 'key_chain' }
  /** Bedrock and the like, with logins of their own. */
  | { readonly kind: 'cloud' }
  | { readonly kind: 'none' };

/** What a run gets of the login. */
export interface LentLogin {
  /** The user's home, where only that one opens the key chain; null for the home and the state folder of the run. */
  readonly home: string | null;
  /** A command that says the key, for the setting `apiKeyHelper`. The variable is then not passed on. */
  readonly keyHelper: string | null;
  /** Brings home what was renewed and takes the copies away. Never rejects. */
  takeBack(): Promise<void>;
}

const CREDENTIALS = '.credentials.json';
const CLOUDS = ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_FOUNDRY'];

/** The home of the user who runs the service. */
export function homeOf(environment: Environment): string {
  return environment['HOME'] ?? homedir();
}

/** Never rejects. */
export async function findLogin(environment: Environment, platform = process.platform): Promise<ClaudeLogin> {
  const isSet = (name: string): boolean => Boolean(environment[name]);
  if (['ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'].some(isSet)) return { kind: 'token' };
  const key = environment['ANTHROPIC_API_KEY'];
  if (key) return { kind: 'key', key };
  if (CLOUDS.some(isSet)) return { kind: 'cloud' };
  const path = join(environment['CLAUDE_CONFIG_DIR'] ?? join(homeOf(environment), '.claude'), CREDENTIALS);
  try {
    await access(path);
    return { kind: 'file', path };
  } catch {
    return platform === 'darwin' ? { kind: 'key_chain' } : { kind: 'none' };
  }
}

/**
 * Makes the login available to one run. A key goes through a file and a command that reads it: the program passes its
 * environment on to its tools, and whatever prints that would print the key. Rejects where the disk does not take it.
 */
export async function lendLogin({
  login,
  environment,
  stateDirectory,
}: {
  readonly login: ClaudeLogin;
  readonly environment: Environment;
} & Pick<AgentRun, 'stateDirectory'>): Promise<LentLogin> {
  switch (login.kind) {
    case 'key': {
      const file = join(stateDirectory, 'model-key');
      await rm(file, { force: true });
      await writeFile(file, login.key, { mode: 0o600 });
      const keyHelper = `cat '${file.replaceAll("'", String.raw`'\''`)}'`;
      return { home: null, keyHelper, takeBack: () => remove(file) };
    }
    case 'file': {
      const copy = join(stateDirectory, CREDENTIALS);
      const lent = await lendLogins([{ from: login.path, to: copy }]);
      const takeBack = async (): Promise<void> => {
        await lent.takeBack();
        await remove(copy);
      };
      return { home: null, keyHelper: null, takeBack };
    }
    case 'key_chain':
      return { home: homeOf(environment), keyHelper: null, takeBack: async () => undefined };
    case 'token':
    case 'cloud':
    case 'none':
      return { home: null, keyHelper: null, takeBack: async () => undefined };
  }
}

async function remove(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => undefined);
}
