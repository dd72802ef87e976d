import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkOrder } from '../domain/work-order.ts';
import { isTerminal } from '../domain/work-order.ts';
import type { Context } from './context.ts';
import { EXIT } from './context.ts';
import type { ApiClient } from './client.ts';
import { eventLine } from './event-line.ts';
import type { LiveTerminal } from './live-terminal.ts';
import { createLiveTerminal } from './live-terminal.ts';
import { deliveredText, nextStepOf, rail } from './rail.ts';
import type { Connection } from './service.ts';
import type { WatchState } from './watch-state.ts';
import { NOTHING_SEEN, seen } from './watch-state.ts';

/** How often a running step is asked what it is doing now. */
const ACTIVITY_POLL_MS = 500;

/**
 * Shows a work order as it goes on: as a rail of steps in a terminal, one line an event elsewhere, one JSON an event
 * with `--json`. It goes on where it was when it is given another connection.
 */
export interface Watcher {
  readonly state: WatchState;
  /**
   * Shows what there is and what comes, until the work order has ended or the signal aborts. Without a service it shows
   * what there is. Rejects with `work_order_not_found`, or `service_unreachable` when the service stays away.
   */
  follow(connection: Pick<Connection, 'client' | 'kind'>, signal: AbortSignal): Promise<void>;
  /** Asks or tells something below the rail (a line of its own where there is no rail); null takes it away. */
  ask(question: string | null): void;
  /** Shows the last frame and gives the terminal back. */
  close(): void;
}

export function createWatcher({ context, id }: { readonly context: Context; readonly id: string }): Watcher {
  const { stdout, json, color } = context;
  const isLive = stdout.isTTY && !json && process.env['TERM'] !== 'dumb';
  let state = NOTHING_SEEN;
  let question: string | null = null;
  let terminal: LiveTerminal | null = null;

  async function readEvents({ client, kind }: Pick<Connection, 'client' | 'kind'>, signal: AbortSignal): Promise<void> {
    const after = state.workOrder?.last_seq ?? 0;
    const onConnection = (connected: boolean): void => {
      state = { ...state, connected };
    };
    const events =
      kind === 'read_only' ? client.events(id, after) : client.followEvents(id, { after, signal, onConnection });
    for await (const event of events) {
      state = seen(state, event);
      if (json) context.print(event);
      else if (!isLive) context.say(eventLine(event, state.workOrder?.in_progress?.step ?? null));
    }
  }

  async function readActivity(client: ApiClient, signal: AbortSignal): Promise<void> {
    let etag: string | null = null;
    while (!signal.aborted) {
      // What cannot be read now is read the next time; the stream of events is what tells of a lost service.
      const answer: Awaited<ReturnType<ApiClient['steps']>> = await client.steps(id, etag).catch(() => null);
      if (answer) {
        etag = answer.etag;
        state = { ...state, live: answer.steps };
      }
      await sleep(ACTIVITY_POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  return {
    get state() {
      return state;
    },

    async follow(connection, signal) {
      if (isLive) {
        terminal ??= createLiveTerminal({
          stream: stdout,
          render: (size) => rail(state, { ...size, color, nowMs: Date.now(), question }),
        });
      }
      const end = new AbortController();
      const activity =
        isLive && connection.kind !== 'read_only'
          ? readActivity(connection.client, AbortSignal.any([signal, end.signal]))
          : Promise.resolve();
      try {
        await readEvents(connection, signal);
      } finally {
        end.abort();
        await activity;
      }
    },

    ask(text) {
      question = text;
      if (terminal) terminal.redraw();
      else if (text !== null) context.hint(text);
    },

    close() {
      question = null;
      // What was running a moment ago is no longer of interest.
      state = { ...state, connected: true };
      terminal?.stop();
      if (!isLive && state.workOrder) for (const line of lastWords(state.workOrder)) context.say(line);
    },
  };
}

/** The exit code that says how a work order ended; null while it has not. */
export function exitCodeOf(workOrder: Pick<WorkOrder, 'status'> | null): number | null {
  if (!workOrder || !isTerminal(workOrder.status)) return null;
  if (workOrder.status === 'completed') return EXIT.ok;
  return workOrder.status === 'cancelled' ? EXIT.interrupted : EXIT.failed;
}

/** What the lines of the events do not say. */
function lastWords(workOrder: WorkOrder): readonly string[] {
  if (workOrder.status === 'completed' && workOrder.git_commit) return [deliveredText(workOrder)];
  const next = workOrder.status === 'failed' ? nextStepOf(workOrder.error_code) : null;
  return next ? [`Next: ${next}`] : [];
}
