import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../environment.ts';
import type { LoginFile } from '../login-files.ts';

/** How Gemini CLI logs in, in the words of its setting `security.auth.selectedType`; null for not at all. */
export type GeminiLogin = 'gemini-api-key' | 'vertex-ai' | 'oauth-personal' | null;

/** A key goes before the login of a person: it was set for this service. */
export async function findLogin(environment: Environment): Promise<GeminiLogin> {
  if (environment['GOOGLE_GENAI_USE_VERTEXAI'] === 'true') return 'vertex-ai';
  if (environment['GEMINI_API_KEY']) return 'gemini-api-key';
  if (environment['GOOGLE_API_KEY']) return 'vertex-ai';
  try {
    await access(join(geminiFolder(environment), 'oauth_creds.json'));
    return 'oauth-personal';
  } catch {
    return null;
  }
}

/** The login of the user and the name of their account, and where a run finds the copies. */
export function loginFiles({
  environment,
  stateDirectory,
}: {
  readonly environment: Environment;
  readonly stateDirectory: string;
}): readonly LoginFile[] {
  return ['oauth_creds.json', 'google_accounts.json'].map((name) => ({
    from: join(geminiFolder(environment), name),
    to: join(stateDirectory, '.gemini', name),
  }));
}

function geminiFolder(environment: Environment): string {
  return join(environment['GEMINI_CLI_HOME'] ?? environment['HOME'] ?? homedir(), '.gemini');
}
