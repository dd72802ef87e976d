import { access, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import { lendLogins } from '../login-files.ts';

/** How Codex is let in at its model. */
export type CodexLogin =
  | { readonly kind: 'key'; readonly key: string }
  /** Its own login, in this file of the user's. */
  | { readonly kind: 'file'; readonly file: string }
  /** A model of one's own that may want no key. */
  | { readonly kind: 'not_needed' }
  | { readonly kind: 'none' };

/** Where the model is instead of at OpenAI, or null. */
export function baseUrlOf(environment: Environment): string | null {
  return environment['OPENAI_BASE_URL']?.trim() || null;
}

/**
 * `CODEX_API_KEY` is what `codex exec` takes by itself, before its own login; `OPENAI_API_KEY` it does not, so it counts
 * after that login here too. The login is never sent to another address than OpenAI's: there only a key counts.
 * Never rejects.
 */
export async function findLogin(environment: Environment): Promise<CodexLogin> {
  const own = environment['CODEX_API_KEY']?.trim();
  const general = environment['OPENAI_API_KEY']?.trim();
  if (own) return { kind: 'key', key: own };
  if (baseUrlOf(environment) !== null) return general ? { kind: 'key', key: general } : { kind: 'not_needed' };
  const folder = environment['CODEX_HOME'] || join(environment['HOME'] ?? homedir(), '.codex');
  const file = join(folder, 'auth.json');
  try {
    await access(file);
    return { kind: 'file', file };
  } catch {
    return general ? { kind: 'key', key: general } : { kind: 'none' };
  }
}

/** Puts the login into the folder of a run, and takes away one that an earlier run was lent. */
export async function lendLogin(login: CodexLogin, stateDirectory: string): Promise<{ takeBack(): Promise<void> }> {
  const to = join(stateDirectory, 'auth.json');
  await rm(to, { force: true });
  return lendLogins(login.kind === 'file' ? [{ from: login.file, to }] : []);
}
