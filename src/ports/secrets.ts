import type { Secret } from '../domain/secrets.ts';

/** Secrets that lie outside of the configuration and can change while the service runs. */
export interface SecretSource {
  /** What stands there now. Cheap enough to be asked before every attempt. Never rejects. */
  read(): Promise<readonly Secret[]>;
}
