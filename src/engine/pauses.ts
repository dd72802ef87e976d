const FIRST_MS = 1_000;
const LONGEST_MS = 300_000;

/** Pauses between tries, in milliseconds: twice as long each time up to five minutes, without an end. */
export function* growingPauses(firstMs: number = FIRST_MS): Generator<number, never> {
  for (let pauseMs = firstMs; ; pauseMs = Math.min(pauseMs * 2, LONGEST_MS)) yield pauseMs;
}
