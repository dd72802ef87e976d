import { timeSpanMs } from '../time-span.ts';

const SECOND_MS = 1000;
/** A limit of a month is the longest that is known; a time beyond it is something else. */
const MAX_WAIT_MS = 32 * 86_400 * SECOND_MS;

/**
 * When a limit of the model's ends, as a text says it: `retry in 34.5s`, `try again in 1h 2m`, `"retryDelay":"34s"`,
 * `retryDelayMs: 34500`, `"resets_at":1795560000`, `resets at 2026-11-25T00:30:00Z`. ISO 8601 in UTC with milliseconds;
 * null where no time is said.
 */
export function resetTimeIn(text: string, now: Date): string | null {
  const waitMs = waitIn(text) ?? momentIn(text, now);
  if (waitMs === null || waitMs < 0 || waitMs > MAX_WAIT_MS) return null;
  return new Date(now.getTime() + Math.ceil(waitMs)).toISOString();
}

function waitIn(text: string): number | null {
  const inMs = /retryDelayMs["']?\s*[:=]\s*(\d+(?:\.\d+)?)/.exec(text)?.[1];
  if (inMs !== undefined) return Number(inMs);
  const seconds =
    /(?:retry[-_ ]after|resets_in_seconds)["']?\s*[:=]?\s*["']?(\d+(?:\.\d+)?)\b(?!\s*(?:ms|[mhd]))/i.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds) * SECOND_MS;
  const span =
    /(?:(?:retry|try again|reset(?:s)?)[\w ]{0,24} (?:in|after)|retryDelay["']?\s*[:=]\s*["']?)\s*((?:\d+(?:\.\d+)?\s*(?:ms|[smhd])[a-z]*[ ,]*)+)/i.exec(
      text,
    )?.[1];
  return span === undefined ? null : timeSpanMs(span);
}

function momentIn(text: string, now: Date): number | null {
  const unix = /resets?_?at["']?\s*[:=]\s*["']?(\d{10})\b/i.exec(text)?.[1];
  if (unix !== undefined) return Number(unix) * SECOND_MS - now.getTime();
  const iso =
    /(?:reset|try again|retry)\w*[^\d\n]{0,24}(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))/i.exec(
      text,
    )?.[1];
  return iso === undefined ? null : Date.parse(iso) - now.getTime();
}
