/**
 * The one of the candidates that differs least from a text in inserted, left out, changed and swapped characters;
 * null when none is near enough to be meant.
 */
export function nearest(text: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.floor(Math.max(text.length, 3) * 0.4) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(text.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** By rows of the usual table; a swap of two neighbours counts once. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const ways = [at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1)];
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        ways.push(at(beforeLast, column - 2) + 1);
      }
      current.push(Math.min(...ways));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
