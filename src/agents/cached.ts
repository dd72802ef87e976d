/** Long enough for a client that polls `/health`, short enough for a person who has just logged in. */
const MAX_AGE_MS = 10_000;

/**
 * Answers from memory for `maxAgeMs`; callers at the same time share one look. `now` is a monotonic clock in milliseconds.
 */
export function cached<Value>({
  maxAgeMs = MAX_AGE_MS,
  look,
  now = () => performance.now(),
}: {
  readonly maxAgeMs?: number;
  readonly look: () => Promise<Value>;
  readonly now?: () => number;
}): () => Promise<Value> {
  let kept: { readonly value: Promise<Value>; readonly since: number } | null = null;
  return () => {
    if (kept === null || now() - kept.since > maxAgeMs) kept = { value: look(), since: now() };
    return kept.value;
  };
}
