import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Secret } from '../domain/secrets.ts';
import { secretsInJson } from '../domain/secrets.ts';
import type { SecretSource } from '../ports/secrets.ts';
import type { Environment } from './environment.ts';

const MAX_BYTES = 256 * 1024;

/** The tokens in the login files of the agent programs, read anew each time: the programs renew them. */
export function createLoginSecrets({ environment }: { readonly environment: Environment }): SecretSource {
  const home = environment['HOME'] ?? homedir();
  const files = [
    ['claude login', join(environment['CLAUDE_CONFIG_DIR'] || join(home, '.claude'), '.credentials.json')],
    ['codex login', join(environment['CODEX_HOME'] || join(home, '.codex'), 'auth.json')],
    ['gemini login', join(home, '.gemini', 'oauth_creds.json')],
    ['opencode login', join(environment['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'opencode', 'auth.json')],
  ] as const;
  return {
    read: async () => (await Promise.all(files.map(([name, path]) => secretsOf(name, path)))).flat(),
  };
}

async function secretsOf(name: string, path: string): Promise<readonly Secret[]> {
  try {
    if ((await stat(path)).size > MAX_BYTES) return [];
    return secretsInJson(name, JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return [];
  }
}
