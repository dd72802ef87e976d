import { createCancelQuestion } from './cancel-question.ts';
import type { Context } from './context.ts';
import { EXIT } from './context.ts';
import { errorCodeOf } from './errors.ts';
import type { Connection } from './service.ts';
import { onSignals } from './signals.ts';
import type { WatchState } from './watch-state.ts';
import type { Watcher } from './watcher.ts';
import { createWatcher, exitCodeOf } from './watcher.ts';

/** How the watching of a work order ended, and what the program's exit code is. */
export interface Supervised {
  readonly state: WatchState;
  readonly exitCode: number;
}

/**
 * Watches a work order to its end. Ctrl-C leaves a work order that somebody else carries (`watch`) and offers to cancel
 * one that this command has made (`run`, `demo`). When the service goes away another connection is made. Closes the
 * connection, which ends a service of this process: a work order that still runs there stays resumable.
 */
export async function supervise({
  context,
  id,
  connection: first,
  reconnect,
  interruptCancels,
}: {
  readonly context: Context;
  readonly id: string;
  readonly connection: Connection;
  /** Finds or makes another way to the work order. */
  readonly reconnect: () => Promise<Connection>;
  readonly interruptCancels: boolean;
}): Promise<Supervised> {
  let connection = first;
  let stoppedWith: number | null = null;
  const stop = new AbortController();
  const leave = (exitCode: number): void => {
    stoppedWith = exitCode;
    stop.abort();
  };
  const watcher = createWatcher({ context, id });
  const question = createCancelQuestion({
    keyboard: context.stdin,
    canLeave: first.kind === 'other',
    ask: (text) => watcher.ask(text),
    onCancel: () => {
      connection.client.cancel(id).catch((error: unknown) => {
        // It has ended in this moment, which the events will show.
        if (errorCodeOf(error) !== 'transition_refused') question.failed(messageOf(error));
      });
    },
    onLeave: () => leave(EXIT.ok),
    onGiveUp: () => leave(EXIT.interrupted),
  });
  const releaseSignals = onSignals({
    interrupt: () => (interruptCancels ? question.interrupt() : leave(EXIT.interrupted)),
    terminate: leave,
  });
  try {
    for (;;) {
      const lost = await follow(watcher, connection, stop.signal);
      if (lost === null || stop.signal.aborted) break;
      if (context.configuration.url !== null) throw lost;
      await connection.close();
      connection = await reconnect();
    }
  } finally {
    question.close();
    watcher.close();
    await connection.close();
    releaseSignals();
  }
  const exitCode = exitCodeOf(watcher.state.workOrder);
  if (exitCode !== null) return { state: watcher.state, exitCode };
  context.hint(unfinished(id, connection.kind, stoppedWith !== null));
  return { state: watcher.state, exitCode: stoppedWith ?? EXIT.failed };
}

/** Null at the end of the watching, or the error that says that the service has gone away. */
async function follow(watcher: Watcher, connection: Connection, signal: AbortSignal): Promise<unknown> {
  try {
    await watcher.follow(connection, signal);
    return null;
  } catch (error) {
    if (errorCodeOf(error) === 'service_unreachable') return error;
    throw error;
  }
}

function unfinished(id: string, kind: Connection['kind'], wasStopped: boolean): string {
  switch (kind) {
    case 'other':
      return wasStopped
        ? `The work order goes on: awo watch ${id}`
        : `The work order has not ended, and the service shows no more of it.`;
    case 'own':
      return `The work order has not ended; the next service on this data folder goes on with it: awo serve`;
    case 'read_only':
      return `The work order has not ended, and no service runs to go on with it: awo serve`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
