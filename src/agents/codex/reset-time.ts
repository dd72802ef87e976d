import { timeSpanMs } from '../time-span.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * When a limit ends, as Codex says it to a person: `try again at 3:32 PM`, `try again at Nov 25th, 2026 12:32 AM`, both
 * in the time zone that it shares with this service, or `try again in 20s`. A time of day is a minute in which the
 * limit ends, so its end is taken. ISO 8601 in UTC; null where no time is said.
 */
export function resetTimeIn(message: string, now: Date): string | null {
  const at =
    /try again at (?:([a-z]{3})[a-z]* (\d{1,2})(?:st|nd|rd|th)?,? (\d{4}),? )?(\d{1,2}):(\d{2}) ?([ap])m/i.exec(
      message,
    );
  if (at !== null) return timeOfDay(at, now)?.toISOString() ?? null;
  const within = /try again in ((?:\d+(?:\.\d+)? ?(?:ms|[smhd])[a-z]* ?)+)/i.exec(message)?.[1];
  if (within === undefined) return null;
  return new Date(now.getTime() + Math.ceil(timeSpanMs(within))).toISOString();
}

function timeOfDay([, monthName, day, year, hour, minute, half]: RegExpExecArray, now: Date): Date | null {
  const hours = (Number(hour) % 12) + (half?.toLowerCase() === 'p' ? 12 : 0);
  const month = monthName === undefined ? now.getMonth() : MONTHS.indexOf(monthName.toLowerCase());
  if (month === -1) return null;
  const date = new Date(
    year === undefined ? now.getFullYear() : Number(year),
    month,
    day === undefined ? now.getDate() : Number(day),
    hours,
    Number(minute) + 1,
  );
  return Number.isNaN(date.getTime()) ? null : date;
}
