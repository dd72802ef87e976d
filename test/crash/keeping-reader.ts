import { setTimeout as pause } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { EventSchema } from '../../src/contract/events.ts';
import type { WorkOrderEvent } from '../../src/domain/event.ts';
import type { Lives } from './lives.ts';

const READ_AGAIN_MS = 40;

/** A reader who streams all the time, goes on where it was after each cut, and keeps what it was shown. */
export interface KeepingReader {
  readonly seen: readonly WorkOrderEvent[];
  /** Resolves when the lives are over. */
  readonly done: Promise<void>;
}

/** Reads a stream of events; `cursor` is what the stream numbers them by. */
export function keepReading(lives: Lives, path: string, cursor: 'seq' | 'position'): KeepingReader {
  const seen: WorkOrderEvent[] = [];
  return { seen, done: readOn(lives, path, cursor, seen) };
}

async function readOn(lives: Lives, path: string, cursor: 'seq' | 'position', seen: WorkOrderEvent[]): Promise<void> {
  while (!lives.over) {
    const last = seen.at(-1)?.[cursor];
    const headers = { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': `${last}` }) };
    const response = await lives.ask(path, { headers });
    try {
      const body = response?.ok ? response.body : null;
      const messages = body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()) ?? [];
      for await (const { data } of messages) seen.push(EventSchema.parse(JSON.parse(data)) as WorkOrderEvent);
    } catch {
      // The service was killed: what was not shown whole was not shown.
    }
    await pause(READ_AGAIN_MS);
  }
}
