const MAX_TRIES = 8;

/**
 * Reads the beginning of a JSON text whose end was cut off: an open string ends where it was cut, what is open is closed,
 * and a last member that cannot be closed is left out. Undefined where that does not help.
 */
export function parseCutJson(text: string): unknown {
  const { whole, closers, commas } = scan(text);
  const closed = tryParse(whole + closers);
  if (closed !== undefined) return closed;
  for (const comma of commas.slice(-MAX_TRIES).toReversed()) {
    const value = tryParse(text.slice(0, comma.at) + comma.closers);
    if (value !== undefined) return value;
  }
  return undefined;
}

interface Scan {
  /** The text without half an escape at its end. */
  readonly whole: string;
  readonly closers: string;
  /** The last places at which everything before is complete, with what closes the text there. */
  readonly commas: readonly { readonly at: number; readonly closers: string }[];
}

function scan(text: string): Scan {
  const open: string[] = [];
  let commas: { at: number; closers: string }[] = [];
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (inString) {
      if (character === '"') inString = false;
      if (character !== '\\') continue;
      const length = text.charAt(index + 1) === 'u' ? 6 : 2;
      if (index + length > text.length) return { whole: text.slice(0, index), closers: `"${close(open)}`, commas };
      index += length - 1;
    } else if (character === '"') {
      inString = true;
    } else if (character === '{' || character === '[') {
      open.push(character === '{' ? '}' : ']');
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === ',') {
      commas.push({ at: index, closers: close(open) });
      if (commas.length > MAX_TRIES * 2) commas = commas.slice(-MAX_TRIES);
    }
  }
  return { whole: text, closers: (inString ? '"' : '') + close(open), commas };
}

function close(open: readonly string[]): string {
  return open.toReversed().join('');
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
