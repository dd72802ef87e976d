const TIMEOUT_MS = 60_000;

/** Ends a question to a forge when the client goes away, or when the forge takes a minute. */
export function forgeSignal({ signal }: Request): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
}
