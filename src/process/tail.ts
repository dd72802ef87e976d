/** Keeps the last `maxBytes` of what it is given. */
export interface Tail {
  /** Copies what it keeps. */
  add(chunk: Buffer): void;
  /** As UTF-8; a character that has lost its beginning is left out. */
  text(): string;
}

export function createTail(maxBytes: number): Tail {
  let tail = Buffer.alloc(0);
  return {
    add(chunk) {
      const whole = Buffer.concat([tail, chunk.subarray(-maxBytes)]);
      // A view would hold all of it in memory.
      tail = whole.length > maxBytes ? Buffer.from(whole.subarray(-maxBytes)) : whole;
    },
    text() {
      let start = 0;
      while (tail.length === maxBytes && start < 3 && ((tail[start] ?? 0) & 0xc0) === 0x80) start += 1;
      return tail.toString('utf8', start);
    },
  };
}
