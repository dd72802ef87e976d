import type { LogEntry } from '../ports/store.ts';

/** How deep and how far the data of an entry is gone through when it is too long as a whole. */
const MAX_DEPTH = 3;
const MAX_MEMBERS = 50;

/** The entry with its texts cut to so many characters, marked where something is missing; as it is without a number. */
export function previewOf(entry: LogEntry, maxLength: number | undefined): LogEntry & { readonly truncated?: true } {
  if (maxLength === undefined) return entry;
  const message = cut(entry.message, maxLength);
  const data = fits(entry.data, maxLength) ? entry.data : cutData(entry.data, maxLength, MAX_DEPTH);
  if (message === entry.message && data === entry.data) return entry;
  return { ...entry, message, data, truncated: true };
}

function cutData(data: unknown, maxLength: number, depth: number): unknown {
  if (typeof data === 'string') return cut(data, maxLength);
  if (fits(data, maxLength)) return data;
  if (depth === 0 || typeof data !== 'object' || data === null) return null;
  if (Array.isArray(data)) return data.slice(0, MAX_MEMBERS).map((value) => cutData(value, maxLength, depth - 1));
  const members = Object.entries(data).slice(0, MAX_MEMBERS);
  return Object.fromEntries(members.map(([name, value]) => [name, cutData(value, maxLength, depth - 1)]));
}

function fits(data: unknown, maxLength: number): boolean {
  return data === null || (JSON.stringify(data)?.length ?? 0) <= maxLength;
}

/** Not in the middle of a character of two. */
function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(maxLength - 1)) ? maxLength - 1 : maxLength;
  return text.slice(0, end);
}
