import type { WorkOrderId } from '../domain/ids.ts';
import type { Redactor } from '../domain/redact.ts';
import type { StepName } from '../domain/workflow.ts';
import type { Clock } from '../ports/clock.ts';
import type { NewLogEntry, Store } from '../ports/store.ts';
import type { Log } from '../ports/telemetry.ts';
import { LineRedactor } from './line-redactor.ts';
import type { LogLine } from './log-line.ts';

/** A batch is written when it has this many entries or characters, or at the latest after this time. */
const BATCH_ENTRIES = 256;
const BATCH_CHARACTERS = 256 * 1_024;
const BATCH_MS = 25;
/** While the store refuses, this much is kept; what comes beyond is counted, and the count is told. */
const KEPT_ENTRIES = 4_096;
const KEPT_CHARACTERS = 4 * 1_024 * 1_024;
const RETRY_MS = 250;
/** How long a line that may end in the beginning of a secret waits for the next one. */
const HOLD_MS = 250;
/** A message beyond this many characters is cut, and says how many are missing. */
const MAX_MESSAGE = 64 * 1_024;

type TimedLine = LogLine & { readonly timestamp: string };

/**
 * Writes the log of one running work order in batches, and keeps the one line that says what is being done now.
 * `add` holds its caller back while a full batch is being written, so that a loud agent is slowed down, not buffered.
 * No secret goes further than this.
 */
export class AttemptLog {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #workOrderId: WorkOrderId;
  readonly #redactor: Redactor;
  readonly #lines: LineRedactor<TimedLine>;
  #pending: NewLogEntry[] = [];
  #pendingCharacters = 0;
  #dropped = 0;
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #holdTimer: NodeJS.Timeout | null = null;
  #refused = false;
  #step: StepName | null = null;
  #attempt: number | null = null;
  #activity: string | null = null;
  lastActivityAt: string;

  constructor(input: {
    readonly store: Store;
    readonly clock: Clock;
    readonly log: Log;
    readonly workOrderId: WorkOrderId;
    readonly redactor: Redactor;
  }) {
    this.#store = input.store;
    this.#clock = input.clock;
    this.#log = input.log;
    this.#workOrderId = input.workOrderId;
    this.#redactor = input.redactor;
    this.#lines = new LineRedactor(input.redactor);
    this.lastActivityAt = input.clock.now().toISOString();
  }

  get activity(): string | null {
    return this.#activity;
  }

  /** Shown at once: of a secret that has only begun, up to seven characters can be seen here. */
  set activity(line: string | null) {
    this.#activity = line === null ? null : this.#redactor.text(line);
  }

  /** Entries from now on belong to this attempt. */
  begin(step: StepName, attempt: number): void {
    this.#release();
    this.#lines.reset();
    this.#step = step;
    this.#attempt = attempt;
    this.activity = null;
    this.lastActivityAt = this.#clock.now().toISOString();
  }

  /** Adds one entry. The promise is there only when the caller should wait before it brings more. Never rejects. */
  add(line: LogLine): void | Promise<void> {
    const timestamp = this.#clock.now().toISOString();
    this.lastActivityAt = timestamp;
    const written = this.#keepAll(this.#lines.push({ ...line, timestamp }));
    if (this.#lines.holding) this.#holdTimer ??= setTimeout(() => this.#release(), HOLD_MS).unref();
    return written;
  }

  #release(): void {
    if (this.#holdTimer) clearTimeout(this.#holdTimer);
    this.#holdTimer = null;
    void this.#keepAll(this.#lines.release());
  }

  #keepAll(lines: readonly TimedLine[]): void | Promise<void> {
    let written: void | Promise<void> = undefined;
    for (const line of lines) written = this.#keep(line) ?? written;
    return written;
  }

  #keep({ timestamp, level, event, message, data = null }: TimedLine): void | Promise<void> {
    if (this.#pending.length >= KEPT_ENTRIES || this.#pendingCharacters >= KEPT_CHARACTERS) {
      this.#dropped += 1;
      return undefined;
    }
    const kept =
      message.length > MAX_MESSAGE
        ? `${message.slice(0, MAX_MESSAGE)} … (${message.length - MAX_MESSAGE} more characters)`
        : message;
    this.#pending.push({ timestamp, level, event, step: this.#step, attempt: this.#attempt, message: kept, data });
    this.#pendingCharacters += kept.length;
    if (this.#pending.length >= BATCH_ENTRIES || this.#pendingCharacters >= BATCH_CHARACTERS) {
      const written = this.#write();
      // While the store refuses nobody is held back: the workflow goes on, and what does not fit is counted.
      return this.#refused ? undefined : written;
    }
    this.#timer ??= setTimeout(() => void this.#write(), BATCH_MS).unref();
    return undefined;
  }

  /** Tells what is being done now, and keeps it in the log. */
  progress(message: string): void {
    this.activity = message;
    void this.add({ level: 'info', event: 'progress', message });
  }

  /** Resolves when everything added so far is saved, or when the store has refused it once. */
  async flush(): Promise<void> {
    this.#release();
    while (this.#pending.length > 0 && !this.#refused) await this.#write();
  }

  #write(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing ??= this.#writeBatch().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #writeBatch(): Promise<void> {
    const entries = this.#pending;
    const characters = this.#pendingCharacters;
    if (entries.length === 0) return;
    this.#pending = [];
    this.#pendingCharacters = 0;
    try {
      await this.#store.appendLog({ workOrderId: this.#workOrderId, entries });
      this.#refused = false;
      this.#tellDropped();
    } catch (error) {
      this.#pending = [...entries, ...this.#pending];
      this.#pendingCharacters += characters;
      if (!this.#refused) this.#log.error('log_save_failed', { agent_work_order_id: this.#workOrderId, err: error });
      this.#refused = true;
      this.#timer ??= setTimeout(() => void this.#write(), RETRY_MS).unref();
    }
  }

  #tellDropped(): void {
    const dropped = this.#dropped;
    if (dropped === 0) return;
    this.#dropped = 0;
    const message = `${dropped} entries could not be kept while the store refused to write.`;
    void this.add({ level: 'warn', event: 'log_entries_lost', message, data: { count: dropped } });
  }
}
