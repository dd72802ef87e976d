import type { Readable } from 'node:stream';
import type { OutputLine } from '../ports/process.ts';

/** How much of a line is kept, in bytes; the rest is counted and dropped. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** Smaller chunks are left to the garbage collector. */
const WORTH_FREEING_BYTES = 4096;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

type SplitLine = Omit<OutputLine, 'stream'>;

/**
 * Bytes in, lines out, one at a time, so that the reader can stop between two lines. Lines end with LF or CR LF; the
 * end is not part of them. Holds at most `maxLineBytes` of a line that is not complete, and the chunk given last.
 */
export interface LineSplitter {
  /** Hands more bytes over: their memory is given back as soon as `next` has read them, so nobody else may use it. */
  feed(chunk: Buffer): void;
  /** The next complete line, or null when more bytes are needed. */
  next(): SplitLine | null;
  /** What is left at the end of the stream as a last line, or null when the last line was complete. */
  finish(): SplitLine | null;
}

export function createLineSplitter(maxLineBytes: number): LineSplitter {
  const nothing: Buffer = Buffer.alloc(0);
  let chunk: Buffer = nothing;
  let offset = 0;
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let lineBytes = 0;
  let lastByte = -1;

  function keep(part: Buffer): void {
    if (part.length === 0) return;
    lineBytes += part.length;
    lastByte = part.at(-1) ?? -1;
    const wanted = Math.min(part.length, maxLineBytes - keptBytes);
    if (wanted === 0) return;
    // A copy: a view would hold the whole chunk in memory.
    kept.push(Buffer.from(part.subarray(0, wanted)));
    keptBytes += wanted;
  }

  function drop(): void {
    if (chunk.length >= WORTH_FREEING_BYTES) free(chunk);
    chunk = nothing;
    offset = 0;
  }

  function takeKept(complete: boolean): SplitLine {
    const bytes = complete && lastByte === CARRIAGE_RETURN ? lineBytes - 1 : lineBytes;
    const line = decode(Buffer.concat(kept), bytes, maxLineBytes);
    kept = [];
    keptBytes = 0;
    lineBytes = 0;
    lastByte = -1;
    return line;
  }

  return {
    feed(next) {
      chunk = offset === chunk.length ? next : Buffer.concat([chunk.subarray(offset), next]);
      offset = 0;
    },
    next() {
      if (offset === chunk.length) {
        drop();
        return null;
      }
      const end = chunk.indexOf(LINE_FEED, offset);
      const part = chunk.subarray(offset, end === -1 ? chunk.length : end);
      if (end === -1) {
        keep(part);
        drop();
        return null;
      }
      offset = end + 1;
      if (lineBytes === 0) {
        const bytes = part.at(-1) === CARRIAGE_RETURN ? part.length - 1 : part.length;
        return decode(part, bytes, maxLineBytes);
      }
      keep(part);
      return takeKept(true);
    },
    finish() {
      return lineBytes === 0 ? null : takeKept(false);
    },
  };
}

/**
 * Gives the memory of a chunk back now. The garbage collector lets more than 64 MB of read chunks pile up before it
 * looks at them, whatever the size of the heap. A buffer that is only a part of its memory is left alone.
 */
function free(chunk: Buffer): void {
  const memory = chunk.buffer;
  if (memory instanceof ArrayBuffer && memory.byteLength === chunk.length) memory.transfer(0);
}

/** `bytes` is the length of the whole line; `stored` holds at least the first of it that may be shown. */
function decode(stored: Buffer, bytes: number, maxLineBytes: number): SplitLine {
  if (bytes <= maxLineBytes) return { text: stored.toString('utf8', 0, bytes), bytes, cut: false };
  return { text: stored.toString('utf8', 0, lastWholeCharacter(stored, maxLineBytes)), bytes, cut: true };
}

/** The greatest length up to `end` that does not split a character in two. */
function lastWholeCharacter(text: Buffer, end: number): number {
  for (let back = 1; back <= 3 && back <= end; back += 1) {
    const byte = text[end - back] ?? 0;
    if (byte < 0x80) return end;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? end - back : end;
  }
  return end;
}

export interface LineReader {
  /** Resolves when all streams have ended or `close` was called, and no `onLine` is open. Never rejects. */
  readonly done: Promise<void>;
  /** True while an `onLine` is open and the streams are held back. */
  readonly held: boolean;
  /** How many bytes have been read of all streams. */
  readonly bytesRead: number;
  /** Reads no more; gives what is left of unfinished lines, unless `silent`. */
  close(options?: { readonly silent?: boolean }): void;
}

/**
 * Reads several streams as lines. While a promise of `onLine` is open none of the streams is read, so what is held in
 * memory stays at one chunk and one line a stream. Without a promise nothing asynchronous happens between two lines.
 */
export function readLines(input: {
  readonly streams: readonly { readonly name: OutputLine['stream']; readonly stream: Readable }[];
  readonly maxLineBytes: number;
  readonly onLine: (line: OutputLine) => void | Promise<void>;
  /** Sees the bytes before the lines do; must copy what it wants to keep. */
  readonly onChunk?: (name: OutputLine['stream'], chunk: Buffer) => void;
  /** `onLine` threw; nothing is given to it any more, what comes is read and dropped. */
  readonly onFailure: (error: unknown) => void;
  /** Called when the streams begin or cease to be held back. */
  readonly onHeld?: (held: boolean) => void;
}): LineReader {
  const { promise: done, resolve: markDone } = Promise.withResolvers<void>();
  const sources = input.streams.map(({ name, stream }) => ({
    name,
    stream,
    splitter: createLineSplitter(input.maxLineBytes),
    ended: false,
    finished: false,
  }));
  let held = false;
  let failed = false;
  let bytesRead = 0;

  function nextLine(source: (typeof sources)[number]): SplitLine | null {
    const line = source.splitter.next();
    if (line !== null || !source.ended || source.finished) return line;
    source.finished = true;
    return source.splitter.finish();
  }

  /** Gives out all lines that are complete, or those up to the first one that makes us wait. */
  function pump(): void {
    if (held) return;
    for (const source of sources) {
      for (let line = nextLine(source); line !== null; line = nextLine(source)) {
        if (failed) continue;
        let answer: void | Promise<void>;
        try {
          answer = input.onLine({ stream: source.name, ...line });
        } catch (error) {
          fail(error);
          continue;
        }
        if (answer === undefined) continue;
        hold(answer);
        return;
      }
    }
    if (sources.every((source) => source.ended)) markDone();
  }

  function hold(answer: Promise<void>): void {
    held = true;
    for (const source of sources) source.stream.pause();
    input.onHeld?.(true);
    void release(answer);
  }

  async function release(answer: Promise<void>): Promise<void> {
    try {
      await answer;
    } catch (error) {
      fail(error);
    }
    held = false;
    input.onHeld?.(false);
    pump();
    if (!isHeld()) for (const source of sources) source.stream.resume();
  }

  function fail(error: unknown): void {
    failed = true;
    input.onFailure(error);
  }

  function isHeld(): boolean {
    return held;
  }

  for (const source of sources) {
    const end = (): void => {
      if (source.ended) return;
      source.ended = true;
      pump();
    };
    source.stream.on('data', (chunk: Buffer) => {
      if (source.ended) return;
      bytesRead += chunk.length;
      input.onChunk?.(source.name, chunk);
      source.splitter.feed(chunk);
      // Node resumes the streams of a child when it exits, held back or not.
      if (held) source.stream.pause();
      else pump();
    });
    source.stream.on('end', end);
    source.stream.on('close', end);
    source.stream.on('error', end);
  }

  return {
    done,
    get held() {
      return held;
    },
    get bytesRead() {
      return bytesRead;
    },
    close({ silent = false } = {}) {
      if (silent) failed = true;
      for (const source of sources) {
        source.ended = true;
        source.stream.destroy();
      }
      pump();
    },
  };
}
