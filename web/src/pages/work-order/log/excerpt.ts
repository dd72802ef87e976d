const MAX_LINES = 8;
const MAX_CHARACTERS = 1_200;

/** The beginning of a text that a row shows, and how much it leaves out; null when that is all of it. */
export function excerptOf(text: string): { readonly text: string; readonly more: string | null } {
  let end = 0;
  for (let line = 0; line < MAX_LINES && end !== -1; line += 1) end = text.indexOf('\n', end + 1);
  if (end === -1 || end > MAX_CHARACTERS) end = Math.min(text.length, MAX_CHARACTERS);
  if (/[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1;
  if (end >= text.trimEnd().length) return { text: text.trimEnd(), more: null };
  const rest = text.slice(end);
  const lines = rest.split('\n').length - 1;
  return { text: text.slice(0, end), more: lines > 1 ? `${lines} more lines` : `${rest.length} more characters` };
}
