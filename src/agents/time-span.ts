const SECOND_MS = 1000;
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: 60 * SECOND_MS,
  h: 3600 * SECOND_MS,
  d: 86_400 * SECOND_MS,
};

/** A span of time as people write it (`34.5s`, `1h 2m`, `20 seconds`), in milliseconds; 0 where none is written. */
export function timeSpanMs(text: string): number {
  let spanMs = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[smhd])/gi)) {
    spanMs += Number(amount) * (UNIT_MS[unit.toLowerCase()] ?? 0);
  }
  return spanMs;
}
