/** Pieces of a text on their way to become lines for a reader. */
export interface JoinedText {
  /** Adds a piece and gives out what can be shown now, if anything. */
  add(piece: string): string | null;
  /** Gives out what is left: the text has ended, or something else comes after it. */
  flush(): string | null;
}

const MAX_WAIT_MS = 1000;
const MAX_CHARACTERS = 2000;

/**
 * Models stream by a few characters. A line is shown when it is whole; one that takes longer than a second, or is very
 * long, is shown up to its last word. `now` is a monotonic clock in milliseconds.
 */
export function createJoinedText(now: () => number = () => performance.now()): JoinedText {
  let kept: string[] = [];
  let characters = 0;
  let since = 0;

  const take = (): string => {
    const text = kept.join('');
    kept = [];
    characters = 0;
    return text;
  };
  const keep = (piece: string): void => {
    if (piece === '') return;
    if (characters === 0) since = now();
    kept.push(piece);
    characters += piece.length;
  };

  return {
    add(piece) {
      keep(piece);
      const isLate = characters > 0 && (characters >= MAX_CHARACTERS || now() - since >= MAX_WAIT_MS);
      if (!piece.includes('\n') && !isLate) return null;
      const text = take();
      const lineEnd = text.lastIndexOf('\n');
      const end = lineEnd === -1 ? (/^[\s\S]*\s(?=\S*$)/.exec(text)?.[0].length ?? text.length) : lineEnd + 1;
      keep(text.slice(end));
      return shown(text.slice(0, end));
    },
    flush: () => shown(take()),
  };
}

function shown(text: string): string | null {
  const trimmed = text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd();
  return trimmed === '' ? null : trimmed;
}
