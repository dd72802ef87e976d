/** Collects a text of any length in bounded memory: its beginning and its end, which holds the last word. */
export interface KeptText {
  add(piece: string): void;
  /** The text, with a line that says how much is left out of its middle where it was too long. */
  read(): string;
}

const PIECES_AT_ONCE = 1024;

export function createKeptText({ maxCharacters }: { readonly maxCharacters: number }): KeptText {
  const half = Math.floor(maxCharacters / 2);
  let head = '';
  let tail = '';
  let leftOut = 0;
  let pieces: string[] = [];

  const shorten = (): void => {
    leftOut += tail.length - half;
    tail = tail.slice(-half);
  };
  const settle = (): void => {
    const text = pieces.join('');
    pieces = [];
    const room = half - head.length;
    head += text.slice(0, room);
    tail += text.slice(room);
    if (tail.length > maxCharacters) shorten();
  };

  return {
    add(piece) {
      pieces.push(piece);
      // Pieces are joined in lots: a string that grows by small pieces is a deep tree in memory.
      if (pieces.length >= PIECES_AT_ONCE || piece.length >= half) settle();
    },
    read() {
      settle();
      if (tail.length > half) shorten();
      const middle = leftOut > 0 ? `\n[… ${leftOut} characters left out …]\n` : '';
      return `${head}${middle}${tail}`.toWellFormed();
    },
  };
}

/** The text on one line of at most `maxCharacters`, without control characters: for messages and summaries. */
export function oneLine(text: string, maxCharacters: number): string {
  // Only the beginning is looked at: the input may be a whole file.
  const start = text.slice(0, maxCharacters * 4);
  const line = start.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length <= maxCharacters ? line : `${line.slice(0, maxCharacters - 1)}…`.toWellFormed();
}

/** The first `maxCharacters` of a text, with a mark where it goes on. */
export function preview(text: string, maxCharacters: number): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters)}…`.toWellFormed();
}

/** The last line that is not blank, or null. */
export function lastLine(text: string): string | null {
  return (
    text
      .split('\n')
      .findLast((line) => line.trim() !== '')
      ?.trim() ?? null
  );
}
