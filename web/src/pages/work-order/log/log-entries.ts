import type { Connection, StreamMessage } from '../../../api/event-stream.ts';
import { followStream } from '../../../api/event-stream.ts';
import type { LogEntry, LogFilter } from '../../../api/log.ts';
import { logPage, logStreamPath } from '../../../api/log.ts';
import type { WorkOrderId } from '../../../../../src/domain/ids.ts';

export interface LogView {
  /** How many entries fit the filter; null until it is known. */
  readonly total: number | null;
  readonly connection: Connection;
  readonly error: Error | null;
}

const PAGE = 100;
/** So many pages stay in memory, those last looked at, however long the log is. */
const KEPT_PAGES = 30;

/**
 * The log of a work order under one filter: pages of it where somebody looks, and its end as it is written. An external
 * store for `useSyncExternalStore`, which follows the stream while somebody listens.
 */
export class LogEntries {
  private view: LogView = { total: null, connection: { state: 'connecting' }, error: null };
  private readonly listeners = new Set<() => void>();
  /** By their number, the one last looked at at the end. */
  private readonly pages = new Map<number, LogEntry[]>();
  private wanted: readonly number[] = [];
  private loading: AbortController | null = null;
  private lastSeq = 0;
  private closeStream: (() => void) | null = null;
  private frame: number | null = null;
  private readonly id: WorkOrderId;
  private readonly filter: LogFilter;

  constructor(id: WorkOrderId, filter: LogFilter) {
    this.id = id;
    this.filter = filter;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    if (this.listeners.size === 1) this.begin();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  };

  readonly getView = (): LogView => this.view;

  /** Undefined where its page is not here; `want` brings it. */
  at(index: number): LogEntry | undefined {
    return this.pages.get(pageOf(index))?.[index % PAGE];
  }

  /** Says which entries are looked at: their pages are loaded, one at a time, and stay longest. */
  want(first: number, last: number): void {
    if (this.view.total === null) return;
    const end = pageOf(Math.min(last, this.view.total - 1));
    this.wanted = Array.from({ length: Math.max(0, end - pageOf(first) + 1) }, (_, index) => pageOf(first) + index);
    for (const page of this.wanted) {
      const entries = this.pages.get(page);
      if (!entries) continue;
      this.pages.delete(page);
      this.pages.set(page, entries);
    }
    void this.load();
  }

  /** Asks again, after an error or when an ended work order has been taken up again. */
  readonly begin = (): void => {
    this.stop();
    this.show({ error: null });
    if (this.view.total === null) void this.open();
    else this.follow();
  };

  private stop(): void {
    this.closeStream?.();
    this.closeStream = null;
    this.loading?.abort();
    this.loading = null;
  }

  /** Where the log ends is known from its first page; people look at its end. */
  private async open(): Promise<void> {
    await this.whileLoading(async (signal) => {
      const first = await logPage(this.id, this.filter, { offset: 0, limit: PAGE, signal });
      this.keep(0, first.log_entries);
      let total = first.log_entries.length;
      if (first.total > PAGE) {
        const last = pageOf(first.total - 1);
        const { log_entries } = await logPage(this.id, this.filter, { offset: last * PAGE, limit: PAGE, signal });
        this.keep(last, log_entries);
        total = last * PAGE + log_entries.length;
      }
      this.lastSeq = this.pages.get(pageOf(total - 1))?.at(-1)?.seq ?? 0;
      this.show({ total });
      this.follow();
    });
  }

  private follow(): void {
    this.closeStream?.();
    this.closeStream = followStream<LogEntry>({
      path: logStreamPath(this.id, this.filter),
      after: String(this.lastSeq),
      onMessages: (messages) => this.take(messages),
      onConnection: (connection) => this.show({ connection }),
      // What could not be loaded while the service was away is asked for again.
      onOpen: () => void this.load(),
    });
  }

  private take(messages: readonly StreamMessage<LogEntry>[]): void {
    let total = this.view.total ?? 0;
    for (const { data: entry } of messages) {
      if (entry.seq <= this.lastSeq) continue;
      this.lastSeq = entry.seq;
      const page = pageOf(total);
      if (total % PAGE === 0) this.keep(page, [entry]);
      else {
        const entries = this.pages.get(page);
        if (entries) entries[total % PAGE] = entry;
      }
      total += 1;
    }
    this.show({ total });
  }

  /** Loads what is wanted now until nothing is missing: a scroll bar that is dragged asks for where it has come to. */
  private async load(): Promise<void> {
    if (this.loading) return;
    await this.whileLoading(async (signal) => {
      for (let page = this.missing(); page !== undefined; page = this.missing()) {
        const answer = await logPage(this.id, this.filter, { offset: page * PAGE, limit: PAGE, signal });
        this.keep(page, answer.log_entries);
        this.show({ error: null });
        // It holds fewer than were counted: asking again at once would go on for ever.
        if (page === this.missing()) return;
      }
    });
  }

  /** A page that was loaded before its last entries came is loaded again. */
  private missing(): number | undefined {
    const total = this.view.total ?? 0;
    return this.wanted.find((page) => {
      const entries = this.pages.get(page);
      const length = Math.min(PAGE, total - page * PAGE);
      return !entries || Object.keys(entries).length < length;
    });
  }

  private async whileLoading(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const loading = new AbortController();
    this.loading = loading;
    try {
      await work(loading.signal);
    } catch (error) {
      if (loading.signal.aborted) return;
      this.show({ error: error instanceof Error ? error : new Error(String(error)) });
    } finally {
      if (this.loading === loading) this.loading = null;
    }
  }

  private keep(page: number, entries: readonly LogEntry[]): void {
    this.pages.delete(page);
    this.pages.set(page, [...entries]);
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= KEPT_PAGES) return;
      this.pages.delete(oldest);
    }
  }

  /** Tells at most once a frame: an agent may say thousands of lines a second. */
  private show(change: Partial<LogView>): void {
    this.view = { ...this.view, ...change };
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.view = { ...this.view };
      for (const listener of this.listeners) listener();
    });
  }
}

function pageOf(index: number): number {
  return Math.max(0, Math.floor(index / PAGE));
}
