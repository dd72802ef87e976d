import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import type { LoginFile } from '../login-files.ts';

/** Variables from which OpenCode takes the key of a provider, and where that provider's models are. */
export const PROVIDERS: Readonly<Record<string, string>> = {
  ANTHROPIC_API_KEY: 'api.anthropic.com',
  OPENAI_API_KEY: 'api.openai.com',
  OPENROUTER_API_KEY: 'openrouter.ai',
  GEMINI_API_KEY: 'generativelanguage.googleapis.com',
  GOOGLE_GENERATIVE_AI_API_KEY: 'generativelanguage.googleapis.com',
  GROQ_API_KEY: 'api.groq.com',
  MISTRAL_API_KEY: 'api.mistral.ai',
  DEEPSEEK_API_KEY: 'api.deepseek.com',
  XAI_API_KEY: 'api.x.ai',
  OPENCODE_API_KEY: 'opencode.ai',
};

/**
 * True with a key or a login of the program's own; null with a configuration, which may name a provider that needs
 * neither. Without all of them it would work with whatever is free this week, which nobody has asked for: false.
 */
export async function isLoggedIn(environment: Environment): Promise<boolean | null> {
  if (Object.keys(PROVIDERS).some((name) => Boolean(environment[name]))) return true;
  if (await isThere(authFile(environment))) return true;
  if (environment['OPENCODE_CONFIG_CONTENT'] || (await configFile(environment)) !== null) return null;
  return false;
}

export function loginFiles({
  environment,
  dataDirectory,
}: {
  readonly environment: Environment;
  readonly dataDirectory: string;
}): readonly LoginFile[] {
  return [{ from: authFile(environment), to: join(dataDirectory, 'opencode', 'auth.json') }];
}

/** The user's own configuration, which names their providers; null where there is none. */
export async function configFile(environment: Environment): Promise<string | null> {
  const named = environment['OPENCODE_CONFIG'];
  if (named) return named;
  const folder = join(environment['XDG_CONFIG_HOME'] ?? join(homeOf(environment), '.config'), 'opencode');
  for (const name of ['opencode.json', 'opencode.jsonc']) {
    if (await isThere(join(folder, name))) return join(folder, name);
  }
  return null;
}

function authFile(environment: Environment): string {
  const data = environment['XDG_DATA_HOME'] ?? join(homeOf(environment), '.local', 'share');
  return join(data, 'opencode', 'auth.json');
}

function homeOf(environment: Environment): string {
  return environment['HOME'] ?? homedir();
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
