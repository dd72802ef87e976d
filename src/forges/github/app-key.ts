import type { KeyObject } from 'node:crypto';
import { createPrivateKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { WorkOrderError } from '../../domain/errors.ts';

/** GitHub takes no longer lives than ten minutes, by its own clock. */
const LIFETIME_SECONDS = 9 * 60;
/** How far the clock of this machine may go ahead of GitHub's. */
const BACKDATED_SECONDS = 60;

/** Reads the private key of a GitHub App. Rejects with `configuration_invalid`, which names the file and never its content. */
export async function readAppKey(file: string): Promise<KeyObject> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WorkOrderError('configuration_invalid', `The key of the GitHub App cannot be read: ${reason}`);
  }
  const key = keyIn(text);
  if (key?.asymmetricKeyType === 'rsa') return key;
  throw new WorkOrderError(
    'configuration_invalid',
    `${file} holds no private RSA key without a passphrase; generate one on the settings page of the app ("Private keys") and put the .pem file there.`,
  );
}

/** What OpenSSL says of a text that is no key could show some of it, so it is not told. */
function keyIn(text: string): KeyObject | null {
  try {
    return createPrivateKey(text);
  } catch {
    return null;
  }
}

/** The JSON Web Token by which an app shows who it is, for nine minutes. */
export function appWebToken({
  id,
  key,
  nowMs,
}: {
  readonly id: string;
  readonly key: KeyObject;
  nowMs: number;
}): string {
  const now = Math.floor(nowMs / 1000);
  const payload = { iat: now - BACKDATED_SECONDS, exp: now + LIFETIME_SECONDS, iss: id };
  const message = [{ alg: 'RS256', typ: 'JWT' }, payload].map((part) => encoded(JSON.stringify(part))).join('.');
  return `${message}.${encoded(sign('RSA-SHA256', Buffer.from(message), key))}`;
}

function encoded(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
