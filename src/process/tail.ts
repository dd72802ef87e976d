/** Keeps the last `maxBytes` of what it is given. */
export interface Tail {
  /** Copies what it keeps. */
  add(chunk: Buffer): void;
  /** As UTF-8; a character that has lost its beginning is left out. */
  text(): string;
}

export function createTail(maxBytes: number): Tail {
  // One buffer for good: a new one for each chunk of a flood would be memory that only the garbage collector gives back.
  const kept = Buffer.alloc(maxBytes);
  let length = 0;
  return {
    add(chunk) {
      const added = Math.min(chunk.length, maxBytes);
      const stays = Math.min(length, maxBytes - added);
      kept.copyWithin(0, length - stays, length);
      chunk.copy(kept, stays, chunk.length - added);
      length = stays + added;
    },
    text() {
      let start = 0;
      const isCut = length === maxBytes;
      while (start < 3 && ((kept[start] ?? 0) & 0xc0) === 0x80) start += 1;
      return kept.toString('utf8', isCut ? start : 0, length);
    },
  };
}
