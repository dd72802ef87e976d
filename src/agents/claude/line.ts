import type { OutputLine } from '../../ports/process.ts';
import { parseCutJson } from '../cut-json.ts';
import type { ClaudeLine } from './schema.ts';
import { claudeLine } from './schema.ts';

/** What a line of standard output is: of the protocol, of a kind that is not used here, or no JSON. */
export type ReadLine =
  | { readonly is: 'known'; readonly line: ClaudeLine }
  | { readonly is: 'unknown' }
  /** The result, too long to be read: the run is over, but not how. */
  | { readonly is: 'unreadable_result' }
  | { readonly is: 'other' };

export function readLine(line: OutputLine): ReadLine {
  if (line.text.trim() === '') return { is: 'unknown' };
  const json = line.cut ? parseCutLine(line.text) : parseJson(line.text);
  if (json === undefined) return { is: looksLikeResult(line.text) ? 'unreadable_result' : 'other' };
  const known = claudeLine.safeParse(json);
  return known.success ? { is: 'known', line: known.data } : { is: 'unknown' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A whole file in a tool call makes a line longer than is kept; its beginning says what it is about. */
function parseCutLine(text: string): unknown {
  const json = parseCutJson(text);
  if (!looksLikeResult(text) || typeof json !== 'object' || json === null) return json;
  // The type may stand behind what was cut off. Without one of these fields it cannot be told how the run ended.
  const denials = 'permission_denials' in json ? json.permission_denials : null;
  const tells = 'is_error' in json || (Array.isArray(denials) && denials.length > 0);
  return tells ? { ...json, type: 'result' } : undefined;
}

/** The beginning of a result line that is too long to be read whole; its type may stand at either end of it. */
function looksLikeResult(text: string): boolean {
  return /^\{"(?:type":"result"|duration_(?:api_)?ms":)/.test(text);
}
