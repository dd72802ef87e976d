import { WorkOrderError } from '../domain/errors.ts';

/**
 * Splits a command line into words as a POSIX shell does, and expands nothing: `$`, `*`, `~`, `|`, `;` and `#` are
 * ordinary characters. Quotes are single (all literal), double (a backslash escapes `$`, a backquote, `"`, `\` and a
 * line end) and the backslash. Throws `configuration_invalid`, of the option `of`, where a quote is open at the end.
 */
export function splitCommand(line: string, { of = 'agent_command' }: { readonly of?: string } = {}): readonly string[] {
  const words: string[] = [];
  /** Null between words: an empty quoted word is a word. */
  let word: string | null = null;
  let position = 0;

  while (position < line.length) {
    const character = line.charAt(position);
    if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
      position += 1;
    } else if (character === "'") {
      const close = line.indexOf("'", position + 1);
      if (close === -1) throw openAtEnd('a single quote', position, of);
      word = (word ?? '') + line.slice(position + 1, close);
      position = close + 1;
    } else if (character === '"') {
      const quoted = readDoubleQuoted(line, position, of);
      word = (word ?? '') + quoted.text;
      position = quoted.end;
    } else if (character === '\\') {
      const next = line.charAt(position + 1);
      if (next === '') throw openAtEnd('a backslash', position, of);
      if (next !== '\n') word = (word ?? '') + next;
      position += 2;
    } else {
      word = (word ?? '') + character;
      position += 1;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

function readDoubleQuoted(line: string, start: number, of: string): { readonly text: string; readonly end: number } {
  let text = '';
  let position = start + 1;
  for (;;) {
    const character = line.charAt(position);
    const next = line.charAt(position + 1);
    if (character === '') throw openAtEnd('a double quote', start, of);
    if (character === '"') return { text, end: position + 1 };
    if (character === '\\' && next !== '' && '$`"\\\n'.includes(next)) {
      if (next !== '\n') text += next;
      position += 2;
    } else {
      text += character;
      position += 1;
    }
  }
}

function openAtEnd(what: string, position: number, path: string): WorkOrderError {
  const message = `The agent command ends inside ${what} that begins at character ${position + 1}.`;
  return new WorkOrderError('configuration_invalid', message, { faults: [{ path, message }] });
}
