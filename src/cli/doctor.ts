import { constants } from 'node:fs';
import { access, mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Configuration } from '../contract/configuration.ts';
import type { Health } from '../contract/health.ts';
import { diskUseOf } from './disk-use.ts';
import { formatBytes } from './format.ts';
import { loadServer } from './server-module.ts';
import type { Connection } from './service.ts';
import { connectToRunning, connectToWhatThereIs } from './service.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  /** `lacking` leaves something out; `broken` leaves nothing that works. */
  readonly state: 'good' | 'lacking' | 'broken';
  readonly what: string;
  readonly nextStep: string | null;
  /** The agent's id, where the finding is about one. */
  readonly agent?: string;
}

const NEEDED_NODE = 24;
/** Less than this is soon filled by the working copies of a few work orders. */
const LITTLE_SPACE_BYTES = 1e9;

/** Looks at everything that a work order needs on this machine, or on that of the service that `url` names. */
export async function examine(configuration: Configuration): Promise<readonly Finding[]> {
  const service = await connectToRunning(configuration).catch((error: unknown) => error);
  const running = isConnection(service) ? service : null;
  const asked = running ? await healthOf(running) : await tryOut(configuration);
  const findings: Finding[] = [];
  if (configuration.url === null) {
    findings.push(node(), await dataFolder(configuration.dataDirectory));
    findings.push(...(await workingFolders(configuration)));
  }
  findings.push(serviceFinding(service, asked, configuration));
  if (asked instanceof Error) {
    if (!running) findings.push(broken('start', `A service cannot start: ${asked.message}`, 'Put this right first.'));
    return findings;
  }
  findings.push(...partsOf(asked));
  if (!running) findings.push(...(await oldHistory(configuration)));
  return findings;
}

function node(): Finding {
  const { node: version } = process.versions;
  return Number.parseInt(version, 10) >= NEEDED_NODE
    ? good('node', version)
    : broken('node', `${version} is too old`, `Install Node ${NEEDED_NODE} or newer.`);
}

async function dataFolder(dataDirectory: string): Promise<Finding> {
  const existing = await nearestExisting(dataDirectory);
  const name = 'data folder';
  try {
    await access(existing, constants.W_OK);
  } catch {
    return broken(name, `${existing} cannot be written`, 'Change its rights, or choose another --data-dir.');
  }
  const { bavail, bsize } = await statfs(existing);
  const freeBytes = bavail * bsize;
  const what = `${dataDirectory}, ${formatBytes(freeBytes)} free`;
  return freeBytes < LITTLE_SPACE_BYTES
    ? { name, state: 'lacking', what, nextStep: 'Make room: working copies and mirrors need it.' }
    : good(name, what);
}

/** Of what the disk use is that grows; nothing where there is none yet. */
async function workingFolders(configuration: Configuration): Promise<readonly Finding[]> {
  const root = configuration.temporaryDirectory ?? configuration.dataDirectory;
  const findings: Finding[] = [];
  for (const [name, folder] of [
    ['mirrors', 'mirrors'],
    ['work orders', 'work-orders'],
  ] as const) {
    const { folders, bytes } = await diskUseOf(join(root, folder));
    if (folders > 0) findings.push(good(name, `${folders} in ${join(root, folder)}, ${formatBytes(bytes)}`));
  }
  return [...findings, ...(await quota(configuration))];
}

/** Measured now; nothing where there is no quota. */
async function quota({ dataFolderQuotaBytes, ...folders }: Configuration): Promise<readonly Finding[]> {
  if (dataFolderQuotaBytes === 0) return [];
  const { dataDirectory, temporaryDirectory } = folders;
  const inside = temporaryDirectory === null || temporaryDirectory.startsWith(`${dataDirectory}/`);
  const others = inside ? 0 : (await diskUseOf(temporaryDirectory)).bytes;
  const bytes = (await diskUseOf(dataDirectory)).bytes + others;
  const what = `${formatBytes(bytes)} of ${formatBytes(dataFolderQuotaBytes)} are taken`;
  return bytes > dataFolderQuotaBytes
    ? [lacking('quota', `${what}: new work waits`, '"awo gc" says what can go; or raise dataFolderQuotaBytes.')]
    : [good('quota', what)];
}

function serviceFinding(service: unknown, asked: Health | Error, configuration: Configuration): Finding {
  const name = 'service';
  if (isConnection(service) && !(asked instanceof Error)) {
    const what = `version ${asked.version} at ${service.url}, ${asked.running ?? 0} of ${asked.max_running ?? '?'} running`;
    return asked.status === 'healthy'
      ? good(name, what)
      : { name, state: 'lacking', what: `${what}, degraded: ${asked.reasons?.join('; ')}`, nextStep: null };
  }
  if (service === null) return good(name, 'none runs; run and demo start their own, serve starts one that stays');
  const error = service instanceof Error ? service : asked;
  const what = error instanceof Error ? error.message : 'it does not answer';
  const nextStep = 'Look at its log, end its process, or correct --url.';
  return configuration.url === null ? { name, state: 'lacking', what, nextStep } : broken(name, what, nextStep);
}

function partsOf(health: Health): readonly Finding[] {
  const findings: Finding[] = [];
  const { git, store, confinement, agents } = health;
  if (git) findings.push(git.available ? good('git', git.version ?? '') : broken('git', 'not found', 'Install git.'));
  if (store) {
    const next = 'See what the data folder and its disk say; the database is left as it is.';
    findings.push(store.available ? good('store', 'SQLite') : broken('store', store.problem ?? 'not available', next));
  }
  if (confinement) {
    const { kind, version, problem, network } = confinement;
    const reach = network === 'open' ? '' : `, network: ${network}`;
    const what = problem ?? `${kind} ${version ?? ''}${reach}`.trim();
    findings.push({ name: 'confinement', state: problem ? 'lacking' : 'good', what, nextStep: null });
  }
  for (const [agent, { available, version, version_tried, problem, next_step, logged_in }] of Object.entries(
    agents ?? {},
  )) {
    const login = logged_in === null ? '' : logged_in ? ', logged in' : ', not logged in';
    const untried = version_tried === false ? ' (not tried with this service)' : '';
    const what = available ? `${version ?? 'available'}${untried}${login}` : (problem ?? 'not available');
    findings.push({ name: agent, agent, state: available ? 'good' : 'lacking', what, nextStep: next_step });
  }
  if (!agents)
    findings.push(lacking('particulars', 'the service shows no more without its token', 'Set AWO_API_TOKEN.'));
  return findings;
}

/** Starts a whole service on an empty folder and asks it: what was not run is not known to work. */
async function tryOut(configuration: Configuration): Promise<Health | Error> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'awo-doctor-'));
  try {
    const { startService } = await loadServer();
    const trial = {
      ...configuration,
      dataDirectory,
      temporaryDirectory: null,
      host: '127.0.0.1',
      port: 0,
      apiToken: null,
    };
    const service = await startService(trial, { logTo: 'file' });
    try {
      const { createApiClient } = await import('./client.ts');
      const client = createApiClient({
        url: service.url,
        fetch: (request) => service.fetch(request),
        apiToken: null,
        giveUpAfterMs: 0,
      });
      return await client.health();
    } finally {
      await service.stop();
    }
  } catch (error) {
    return asError(error);
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

/** What is wrong with the history that is there already; nothing when there is none. */
async function oldHistory(configuration: Configuration): Promise<readonly Finding[]> {
  try {
    const connection = await connectToWhatThereIs(configuration);
    if (!connection) return [];
    try {
      await connection.client.list({ limit: 1 });
      return [good('history', 'can be read')];
    } finally {
      await connection.close();
    }
  } catch (error) {
    return [broken('history', asError(error).message, 'Restore it from a backup, or choose another --data-dir.')];
  }
}

async function healthOf({ client }: Connection): Promise<Health | Error> {
  return await client.health().catch(asError);
}

async function nearestExisting(path: string): Promise<string> {
  return (await exists(path)) || dirname(path) === path ? path : await nearestExisting(dirname(path));
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

function isConnection(value: unknown): value is Connection {
  return typeof value === 'object' && value !== null && 'client' in value;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function good(name: string, what: string): Finding {
  return { name, state: 'good', what, nextStep: null };
}

function lacking(name: string, what: string, nextStep: string): Finding {
  return { name, state: 'lacking', what, nextStep };
}

function broken(name: string, what: string, nextStep: string): Finding {
  return { name, state: 'broken', what, nextStep };
}
