import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Configuration } from '../contract/configuration.ts';
import { HealthSchema } from '../contract/health.ts';
import { WorkOrderError, hasCode } from '../domain/errors.ts';
import type { ApiClient, Fetch } from './client.ts';
import { createApiClient } from './client.ts';
import { loadServer } from './server-module.ts';
import { findService } from './service-file.ts';

/** A way to the work orders. */
export interface Connection {
  readonly client: ApiClient;
  /**
   * `other`: a service that runs elsewhere, on this machine or another. `own`: one that was started in this process, or
   * its data folder opened there, and ends with it. `read_only`: none; only the history is there.
   */
  readonly kind: 'other' | 'own' | 'read_only';
  /** For a person; null where no service listens. */
  readonly url: string | null;
  close(): Promise<void>;
}

/** What a service makes first in its data folder. */
const DATABASE = 'work-orders.db';
const HEALTH_MS = 3_000;
/** A service of this machine that is lost for so long is looked for again: it may have another address now, or be gone. */
const LOCAL_GIVE_UP_MS = 1_500;
/** For one elsewhere, which is only known by its address. */
const REMOTE_GIVE_UP_MS = 20_000;
/** How long to wait for a service that has the lock of the data folder but has not written its address yet. */
const START_MS = 10_000;
const START_POLL_MS = 50;
/** A request needs some address; a service without a socket is only reached through its `fetch`. */
const NO_ADDRESS = 'http://127.0.0.1';

/** The service that `--url` names or that owns the data folder; null when there is none. */
export async function connectToRunning(configuration: Configuration): Promise<Connection | null> {
  const { url, dataDirectory } = configuration;
  if (url !== null) return connection('other', url, configuration, fetch, REMOTE_GIVE_UP_MS);
  const file = await findService({ dataDirectory, isOurs });
  return file && connection('other', file.url, configuration, fetch, LOCAL_GIVE_UP_MS);
}

/** The running service, or one that is started in this process. */
export function connectOrStart(configuration: Configuration): Promise<Connection> {
  return connectOr(start, configuration);
}

/** The running service, or its data folder alone, opened in this process; no work order is carried out there. */
export function connectToChange(configuration: Configuration): Promise<Connection> {
  return connectOr(openForChanges, configuration);
}

async function connectOr(
  otherwise: (configuration: Configuration) => Promise<Connection>,
  configuration: Configuration,
): Promise<Connection> {
  const startedAt = performance.now();
  for (;;) {
    const running = await connectToRunning(configuration);
    if (running) return running;
    try {
      return await otherwise(configuration);
    } catch (error) {
      // Another process was faster: its address will be there in a moment.
      if (!hasCode(error, 'data_folder_in_use') || performance.now() - startedAt > START_MS) throw error;
      await sleep(START_POLL_MS);
    }
  }
}

/** The running service, or the history alone; null when there is neither, as on a new machine. */
export async function connectToWhatThereIs(configuration: Configuration): Promise<Connection | null> {
  const running = await connectToRunning(configuration);
  if (running) return running;
  if (!(await exists(join(configuration.dataDirectory, DATABASE)))) return null;
  const { openReadOnly } = await loadServer();
  const opened = await openReadOnly(configuration);
  return connection(
    'read_only',
    null,
    configuration,
    (request) => opened.fetch(request),
    LOCAL_GIVE_UP_MS,
    () => opened.close(),
  );
}

/** The same, where there must be something; rejects with `service_unreachable` otherwise. */
export async function connectToRead(configuration: Configuration): Promise<Connection> {
  const connection = await connectToWhatThereIs(configuration);
  if (connection) return connection;
  const message = `Nothing has happened in the data folder ${configuration.dataDirectory} yet, and no service runs there.`;
  throw new WorkOrderError('service_unreachable', message);
}

/** The running service; rejects with `service_unreachable` when there is none, for it could not be controlled. */
export async function connectToControl(configuration: Configuration): Promise<Connection> {
  const running = await connectToRunning(configuration);
  if (running) return running;
  throw new WorkOrderError('service_unreachable', `No service runs on the data folder ${configuration.dataDirectory}.`);
}

async function openForChanges(configuration: Configuration): Promise<Connection> {
  const server = await loadServer();
  const opened = await server.openForChanges(configuration);
  return connection(
    'own',
    null,
    configuration,
    (request) => opened.fetch(request),
    LOCAL_GIVE_UP_MS,
    () => opened.close(),
  );
}

async function start(configuration: Configuration): Promise<Connection> {
  const { startService } = await loadServer();
  // It listens so that other commands find it; the configured port is for `awo serve`.
  const service = await startService({ ...configuration, host: '127.0.0.1', port: 0 }, { logTo: 'file' });
  return connection(
    'own',
    service.url,
    configuration,
    (request) => service.fetch(request),
    LOCAL_GIVE_UP_MS,
    () => service.stop(),
  );
}

function connection(
  kind: Connection['kind'],
  url: string | null,
  { apiToken }: Configuration,
  fetch: Fetch,
  giveUpAfterMs: number,
  close: () => Promise<void> = () => Promise.resolve(),
): Connection {
  return { kind, url, client: createApiClient({ url: url ?? NO_ADDRESS, fetch, apiToken, giveUpAfterMs }), close };
}

async function isOurs(url: string): Promise<'yes' | 'no' | 'silent'> {
  try {
    const response = await fetch(new URL('/health', url), {
      signal: AbortSignal.timeout(HEALTH_MS),
      redirect: 'error',
    });
    return HealthSchema.safeParse(await response.json()).success ? 'yes' : 'no';
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'silent' : 'no';
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
