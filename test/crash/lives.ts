import { setTimeout as pause } from 'node:timers/promises';
import type { Configuration } from '../../src/contract/configuration.ts';
import type { StartingService } from './killed-service.ts';
import { launchServiceProcess } from './killed-service.ts';

/** How soon a reader tries again whose service is dead or has nothing more to tell. */
const READ_AGAIN_MS = 40;

/** One service after the other on the same data folder; readers and writers talk to whichever lives. */
export class Lives implements AsyncDisposable {
  readonly #configuration: Configuration;
  #current: StartingService | null = null;
  #url: string | null = null;
  #over = false;
  count = 0;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  /** True once nothing more begins, so that readers end. */
  get over(): boolean {
    return this.#over;
  }

  /** Starts the next one, held at a race point or not; returns at once. */
  begin(held: string): StartingService {
    this.count += 1;
    const service = launchServiceProcess(this.#configuration, { held, disturbed: true });
    this.#current = service;
    const isCurrent = (url: string) => {
      if (this.#current === service) this.#url = url;
    };
    service.ready.then(isCurrent, () => undefined);
    return service;
  }

  /** Whether a second service is kept from the data folder of the living one. */
  async refusesAnother(): Promise<boolean> {
    await using other = launchServiceProcess(this.#configuration, { held: '', disturbed: true });
    try {
      await other.ready;
      return false;
    } catch (error) {
      return String(error).includes('owns the data folder');
    }
  }

  async end(): Promise<void> {
    this.#url = null;
    await this.#current?.kill();
    this.#current = null;
  }

  /** Asks until somebody answers; null once it is over. */
  async ask(path: string, init: RequestInit = {}): Promise<Response | null> {
    while (!this.#over) {
      const response = this.#url === null ? null : await fetch(new URL(path, this.#url), init).catch(() => null);
      if (response !== null) return response;
      await pause(READ_AGAIN_MS);
    }
    return null;
  }

  /** The same, for JSON that arrives whole. */
  async askForJson(path: string, init: RequestInit = {}): Promise<{ readonly status: number; readonly body: unknown }> {
    for (;;) {
      const response = await this.ask(path, init);
      if (response === null) return { status: 0, body: null };
      const body: unknown = await response.json().catch(() => null);
      if (body !== null) return { status: response.status, body };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await this.end();
  }
}
