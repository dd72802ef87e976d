const PIECE = 32 * 1_024;

interface Piece {
  /** Where it stands in the whole. */
  readonly at: number;
  readonly text: string;
}

/** A text cut at its lines into pieces of a bounded size, each for an element of its own. */
export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length;) {
    let end = Math.min(text.length, at + PIECE);
    const line = text.lastIndexOf('\n', end - 1) + 1;
    if (end < text.length && line > at + PIECE / 2) end = line;
    // A long line: not in the middle of a character of two.
    else if (end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end -= 1;
    pieces.push({ at, text: text.slice(at, end) });
    at = end;
  }
  return pieces;
}
