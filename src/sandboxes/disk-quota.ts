import { resolve, sep } from 'node:path';
import type { Clock } from '../ports/clock.ts';
import type { DiskUse, MeasuredUse } from '../ports/disk.ts';
import { bytesIn } from './folder-size.ts';

const FIRST_REST_MS = 60_000;
/** Measuring takes at most so large a part of the time: who has very much on the disk is measured less often. */
const SHARE_OF_TIME = 1 / 20;

/**
 * What the folders of the service may take together, and what they take: measured beside the work, so that no work
 * order is slower for what the earlier ones have left. Nothing is measured where there is no quota.
 */
export class DiskQuota implements DiskUse {
  readonly quotaBytes: number | null;
  readonly #folders: readonly string[];
  readonly #clock: Clock;
  readonly #stopped = new AbortController();
  #latest: MeasuredUse | null = null;
  #measuring: Promise<MeasuredUse> | null = null;
  #watching: Promise<void> | null = null;

  constructor(input: {
    /** Zero for none. */
    readonly dataFolderQuotaBytes: number;
    readonly dataDirectory: string;
    readonly temporaryDirectory: string | null;
    readonly clock: Clock;
  }) {
    const { dataFolderQuotaBytes, dataDirectory, temporaryDirectory } = input;
    this.quotaBytes = dataFolderQuotaBytes === 0 ? null : dataFolderQuotaBytes;
    const folders = [dataDirectory, temporaryDirectory ?? dataDirectory].map((folder) => resolve(folder));
    // One that lies in another is counted with it.
    this.#folders = [...new Set(folders)].filter((folder) => !folders.some((other) => folder.startsWith(other + sep)));
    this.#clock = input.clock;
  }

  latest(): MeasuredUse | null {
    return this.#latest;
  }

  start(): void {
    if (this.quotaBytes !== null) this.#watching ??= this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#watching;
  }

  /**
   * By how many bytes the quota is overdrawn, zero for none. A measurement that says so is made anew first: what lay
   * there may be gone.
   */
  async excessBytes(): Promise<number> {
    if (this.quotaBytes === null) return 0;
    const { bytes } = this.#latest ?? (await this.#measure());
    if (bytes <= this.quotaBytes) return 0;
    return Math.max(0, (await this.#measure()).bytes - this.quotaBytes);
  }

  async #watch(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const begunMs = this.#clock.monotonicMs();
      await this.#measure();
      const tookMs = this.#clock.monotonicMs() - begunMs;
      await this.#clock.sleep(Math.max(FIRST_REST_MS, tookMs / SHARE_OF_TIME), this.#stopped.signal);
    }
  }

  /** Who asks while it is measured waits for that one. */
  #measure(): Promise<MeasuredUse> {
    this.#measuring ??= this.#measureNow().finally(() => {
      this.#measuring = null;
    });
    return this.#measuring;
  }

  async #measureNow(): Promise<MeasuredUse> {
    const at = this.#clock.now().toISOString();
    let bytes = 0;
    for (const folder of this.#folders) bytes += await bytesIn(folder, this.#stopped.signal);
    this.#latest = { bytes, at };
    return this.#latest;
  }
}
