import type { LineAnswer, OutputLine, ProcessEnd, ProcessEndReason, ProcessSpec } from '../ports/process.ts';
import { watchDeadlines } from './deadlines.ts';
import type { GatedProcess } from './gate.ts';
import { MAX_LINE_BYTES, readLines } from './lines.ts';
import type { LineReader } from './lines.ts';
import { askTreeToEnd, killTree } from './process-tree.ts';
import type { NamespaceInit, ProcessTree } from './process-tree.ts';
import { createTail } from './tail.ts';
import { nextTurn, within } from './wait.ts';

/** How long a program that has given its result may take to end by itself. */
const FINISH_GRACE_MS = 1000;
/** How long a program that was interrupted in its own way may take to end or to give its result. */
const INTERRUPT_GRACE_MS = 1000;
/** How long a wrapper may take to say what it has started, when the tree must end. */
const INIT_WAIT_MS = 250;
/** How long the exit of a root that is dead may take to be told. */
const EXIT_WAIT_MS = 250;
/** After death: for how long pipes are silent before they count as held by somebody who has escaped. */
const QUIET_MS = 50;
/** After death: how much is read at most; more than a pipe and a stream can hold. */
const DRAIN_BYTES = 4 * 1024 * 1024;
/** How long the reader of the output may hold a line after an end by force. */
const HELD_MS = 500;
const STDERR_TAIL_BYTES = 4096;

/** Lets a program begin, gives out its lines, and resolves when its tree is dead or cannot be ended. Never rejects. */
export async function supervise(input: {
  readonly spec: ProcessSpec;
  readonly process: GatedProcess;
  readonly tree: ProcessTree;
  readonly graceMs: number;
}): Promise<Omit<ProcessEnd, 'durationMs'>> {
  const { spec, process, tree, graceMs } = input;
  /** Why the tree must end now; open while it runs. */
  const stop = Promise.withResolvers<ProcessEndReason>();
  const tail = createTail(STDERR_TAIL_BYTES);
  const deadlines = watchDeadlines(spec.limits, stop.resolve);
  let finished = false;
  let finishTimer: NodeJS.Timeout | undefined;
  let failure: string | null = null;

  const resulted = Promise.withResolvers<void>();

  const note = (answer: LineAnswer): void => {
    if (answer !== 'quiet') deadlines.activity();
    if (answer !== 'finish' || finished) return;
    finished = true;
    resulted.resolve();
    deadlines.stop();
    finishTimer = setTimeout(stop.resolve, FINISH_GRACE_MS, 'finished');
  };
  const reader = readLines({
    streams: [
      { name: 'stdout', stream: process.stdout },
      { name: 'stderr', stream: process.stderr },
    ],
    maxLineBytes: MAX_LINE_BYTES,
    onLine: (line: OutputLine) => {
      const answer = spec.onLine(line);
      return answer instanceof Promise ? answer.then(note) : note(answer);
    },
    onChunk: (name, chunk) => {
      if (name === 'stderr') tail.add(chunk);
    },
    onFailure: (error) => {
      failure ??= `The reader of its output failed: ${error instanceof Error ? error.message : String(error)}`;
      stop.resolve('aborted');
    },
    onHeld: (held) => {
      deadlines.hold(held);
    },
  });
  const abort = (): void => {
    stop.resolve('aborted');
  };
  spec.signal.addEventListener('abort', abort);
  const released = !spec.signal.aborted;
  if (released) process.release(spec.stdin);
  else abort();

  const forced = await Promise.race([stop.promise, process.exited.then(() => null)]);
  const endedFor = finished ? 'finished' : (forced ?? 'exited');
  deadlines.stop();
  if (released && (endedFor === 'aborted' || isLimit(endedFor)) && failure === null && interrupt(spec)) {
    await within(Promise.race([process.exited, resulted.promise]), INTERRUPT_GRACE_MS);
  }
  // What was not let go has no namespace either.
  const init = released ? ((await within(process.init, INIT_WAIT_MS)) ?? null) : null;
  const survivors = await endTree({ process, tree, init, graceMs, politely: forced !== null });
  const patient = endedFor === 'exited' || endedFor === 'finished';
  await drain(reader, { patient, signal: spec.signal });
  clearTimeout(finishTimer);
  spec.signal.removeEventListener('abort', abort);
  const exit = await within(process.exited, EXIT_WAIT_MS);
  process.close();
  // A fast program may be dead before its result has been read.
  const reason = endedFor === 'exited' && finished ? 'finished' : endedFor;
  return {
    reason: failure === null ? reason : 'aborted',
    exitCode: exit?.exitCode ?? null,
    signal: exit?.signal ?? null,
    stderrTail: tail.text(),
    survivors,
    error: failure,
  };
}

function isLimit(reason: ProcessEndReason): boolean {
  return reason === 'no_first_activity' || reason === 'idle' || reason === 'total';
}

/** False when the program has no way of its own, or cannot be told. */
function interrupt({ interrupt: tell }: ProcessSpec): boolean {
  if (tell === undefined) return false;
  try {
    tell();
    return true;
  } catch {
    return false;
  }
}

/** Asks, waits, kills, confirms. What a root that ended by itself has left is killed at once. */
async function endTree(input: {
  readonly process: GatedProcess;
  readonly tree: ProcessTree;
  readonly init: NamespaceInit | null;
  readonly graceMs: number;
  readonly politely: boolean;
}): Promise<readonly string[]> {
  const { process, tree, init, graceMs, politely } = input;
  try {
    const { asked, known } = politely
      ? await askTreeToEnd(tree, init)
      : { asked: false, known: new Map<number, number>() };
    if (asked) await within(process.exited, graceMs);
    const { survivors } = await killTree({ tree, init, rootWasAlive: true, known });
    return survivors;
  } catch (error) {
    return [`${tree.rootPid} (whether its tree is dead cannot be found out: ${String(error)})`];
  }
}

/**
 * Gives out what is still in the pipes of a dead tree. Never waits for their end alone: somebody who has escaped may
 * hold them. A reader that holds a line is waited for, until it is aborted; after an end by force only for a moment.
 */
async function drain(
  reader: LineReader,
  { patient, signal }: { readonly patient: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const mostBytes = reader.bytesRead + DRAIN_BYTES;
  const ended = reader.done.then(() => true);
  let heldMs = 0;
  const mayHold = (): boolean => {
    if (!patient || signal.aborted) heldMs += QUIET_MS;
    return heldMs < HELD_MS;
  };
  for (;;) {
    const bytesBefore = reader.bytesRead;
    const heldBefore = reader.held;
    if ((await within(ended, QUIET_MS)) === true) return;
    // A late timer may come before input that is there already.
    await nextTurn();
    if (reader.held ? !mayHold() : !heldBefore && reader.bytesRead === bytesBefore) break;
    if (reader.bytesRead > mostBytes) break;
  }
  reader.close({ silent: reader.held });
  while ((await within(ended, QUIET_MS)) !== true && mayHold());
  reader.close({ silent: true });
}
