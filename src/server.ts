import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { programPath } from './agents/environment.ts';
import { createLoginSecrets } from './agents/login-secrets.ts';
import { createAgentRegistry } from './agents/registry.ts';
import { makeSampleRepository } from './agents/demo/sample.ts';
import type { Configuration } from './contract/configuration.ts';
import type { Sample } from './contract/sample.ts';
import { LocalDispatcher } from './dispatchers/local.ts';
import { Redactor } from './domain/redact.ts';
import type { Secret } from './domain/secrets.ts';
import { secretsIn } from './domain/secrets.ts';
import { REPOSITORY_ID_BYTES, WORK_ORDER_ID_BYTES, messageId, repositoryId, workOrderId } from './domain/ids.ts';
import { checkSettingsOf } from './engine/check-settings.ts';
import { agentSettingsOf } from './engine/agent-settings.ts';
import { createKnownRepositories } from './engine/known-repositories.ts';
import { Intake } from './engine/intake.ts';
import { Budgets, budgetSettingsOf } from './engine/budgets.ts';
import type { ReachRacePoint } from './engine/race-points.ts';
import { passRacePoint } from './engine/race-points.ts';
import { WorkOrderEngine } from './engine/work-order-engine.ts';
import { createPlainGitForge } from './forges/plain-git/forge.ts';
import { createCredentials } from './forges/credentials.ts';
import { createGiteaForge } from './forges/gitea/forge.ts';
import { createGithubForge } from './forges/github/forge.ts';
import { createGitlabForge } from './forges/gitlab/forge.ts';
import { createKnownHosts } from './forges/known-hosts.ts';
import { secretFilesOf } from './forges/secret-files.ts';
import { createForgeRegistry } from './forges/registry.ts';
import { createRepositoryPolicy } from './forges/repository-policy.ts';
import { createWebhookSecrets } from './forges/webhook-secrets.ts';
import { createWebhooks } from './forges/webhooks.ts';
import { createApp } from './http/app.ts';
import { loopbackHosts } from './http/auth.ts';
import type { AppDependencies } from './http/dependencies.ts';
import { listen } from './http/listen.ts';
import type { Confinement } from './sandboxes/confinement/confinement.ts';
import { detectConfinement } from './sandboxes/confinement/detect.ts';
import type { Clock } from './ports/clock.ts';
import type { Credentials } from './ports/credentials.ts';
import type { Store } from './ports/store.ts';
import type { Log } from './ports/telemetry.ts';
import { systemClock } from './process/clock.ts';
import { commandRoots } from './process/command-roots.ts';
import { databaseFile, demoDirectory, ownDataFolder, sandboxRoot } from './process/data-folder.ts';
import { createFileSecrets, joinSecrets } from './process/file-secrets.ts';
import { gitVersion } from './process/git.ts';
import { reapRecorded } from './process/process-records.ts';
import { runProcessTree } from './process/spawn.ts';
import { pageDirectoryOf } from './http/page-directory.ts';
import { createPromptSource } from './prompts/command-files.ts';
import { createCollectedChanges } from './sandboxes/collected.ts';
import { DiskQuota } from './sandboxes/disk-quota.ts';
import { freeBytesOf } from './sandboxes/disk-room.ts';
import { createSandboxLeftovers } from './sandboxes/leftovers.ts';
import { createSandboxes } from './sandboxes/registry.ts';
import { checkSigning, commitIdentityOf } from './sandboxes/signing.ts';
import { openSqliteStore } from './stores/sqlite.ts';
import { createLog } from './telemetry/log.ts';

/*
 * The composition root: the only file that knows every adapter.
 */

const PACKAGE = resolve(import.meta.dirname, '..');
export const { version: VERSION }: { version: string } = JSON.parse(
  readFileSync(join(PACKAGE, 'package.json'), 'utf8'),
);

/** Of a data folder that is opened for one command: nothing runs, and nobody else can ask. */
const ASKED_FROM_WITHIN = { workOrders: null, intake: null, makeSample: null, apiToken: null, allowedHosts: null };

/** A service that owns its data folder and listens. */
export interface RunningService {
  readonly url: string;
  readonly port: number;
  readonly dataDirectory: string;
  /** Takes up nothing new; resolves when no attempt runs any more. */
  drain(): Promise<void>;
  /** Resolves when it was drained, whoever has asked for it. */
  readonly drained: Promise<void>;
  readonly running: number;
  /** Asks the service without a socket. */
  fetch(request: Request): Promise<Response>;
  /** Ends streams, requests and agents; what runs is taken up by the next start. */
  stop(): Promise<void>;
}

/** A data folder that is asked without a socket. */
interface OpenedFolder {
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

export interface ServiceOptions {
  /** `file` is for commands that draw on the terminal: the log goes to `service.log` in the data folder. */
  readonly logTo?: 'stderr' | 'file';
  /** What follows a test brings instead of the real thing. */
  readonly reach?: ReachRacePoint;
  readonly log?: Log;
  readonly clock?: Clock;
  readonly reportPauseMs?: number;
  /** Puts something between the engine and its store. */
  readonly wrapStore?: (store: Store) => Store;
}

/** Forges limit how often something is written; nobody reads a comment every second. */
const REPORT_PAUSE_MS = 5_000;

/** Starts a service. Rejects with `data_folder_in_use`, `store_*` or `configuration_invalid`. */
export async function startService(
  configuration: Configuration,
  options: ServiceOptions = {},
): Promise<RunningService> {
  const redactor = redactorOf(configuration);
  const log = options.log ?? logOf(configuration, options.logTo ?? 'stderr', redactor);
  const folder = ownDataFolder(resolve(configuration.dataDirectory));
  const stack = new AsyncDisposableStack();
  stack.use(folder);
  try {
    await checkSigning(commitIdentityOf(configuration));
    // The lock of mirrors and working copies is within one process, so that they may have one owner only as well.
    const root = sandboxRoot(configuration);
    if (root !== folder.directory) stack.use(ownDataFolder(root));
    const opened = stack.use(await openSqliteStore({ file: databaseFile(folder.directory), readOnly: false }));
    const parts = await assemble(configuration, options.wrapStore?.(opened) ?? opened, { log, redactor, options });
    const app = createApp({ ...parts, workOrders: parts.engine, knownRepositories: knownRepositoriesOf(parts) });
    stack.defer(() => parts.diskUse.stop());
    stack.defer(() => parts.engine.stop());
    stack.defer(() => parts.intake.stop());
    const listening = await listen(app, { host: configuration.host, port: configuration.port });
    stack.defer(() => listening.close());
    parts.diskUse.start();
    await parts.engine.start();
    parts.intake.start();
    const started_at = parts.clock.now().toISOString();
    folder.announce({ url: listening.url, pid: process.pid, version: VERSION, started_at });
    log.info('service_started', { url: listening.url, data_directory: folder.directory, version: VERSION });
    return {
      url: listening.url,
      port: listening.port,
      dataDirectory: folder.directory,
      drain: () => parts.engine.drain(),
      drained: parts.engine.drained,
      get running() {
        return parts.engine.running;
      },
      fetch: async (request) => app.fetch(request),
      stop: () => stack.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Opens a data folder that no service owns, for reading only. Rejects with `store_*`. */
export async function openReadOnly(configuration: Configuration): Promise<OpenedFolder> {
  const directory = resolve(configuration.dataDirectory);
  const store = await openSqliteStore({ file: databaseFile(directory), readOnly: true });
  const redactor = redactorOf(configuration);
  const log = logOf(configuration, 'stderr', redactor);
  const doors = await doorsOf(configuration, store, { log, redactor, clock: systemClock });
  const app = createApp({ ...doors, ...ASKED_FROM_WITHIN, knownRepositories: null });
  return { fetch: async (request) => app.fetch(request), close: async () => store[Symbol.asyncDispose]() };
}

/**
 * Opens a data folder that no service owns, to change what is kept there; no work order is carried out. Rejects with
 * `data_folder_in_use` or `store_*`.
 */
export async function openForChanges(configuration: Configuration): Promise<OpenedFolder> {
  const redactor = redactorOf(configuration);
  const log = logOf(configuration, 'file', redactor);
  const folder = ownDataFolder(resolve(configuration.dataDirectory));
  const stack = new AsyncDisposableStack();
  stack.use(folder);
  try {
    const store = stack.use(await openSqliteStore({ file: databaseFile(folder.directory), readOnly: false }));
    const doors = await doorsOf(configuration, store, { log, redactor, clock: systemClock });
    const app = createApp({ ...doors, ...ASKED_FROM_WITHIN, knownRepositories: knownRepositoriesOf(doors) });
    return { fetch: async (request) => app.fetch(request), close: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function knownRepositoriesOf(doors: Awaited<ReturnType<typeof doorsOf>>) {
  return createKnownRepositories({ ...doors, newRepositoryId: () => repositoryId(randomBytes(REPOSITORY_ID_BYTES)) });
}

/** Makes the sample of the demonstration when it is not there yet. */
async function makeSample(dataDirectory: string): Promise<Sample> {
  const repository_url = await makeSampleRepository({ directory: demoDirectory(dataDirectory) });
  return { repository_url, user_request: 'Add a --shout option that greets in capital letters', agent: 'demo' };
}

/** What the doors of the service need, whether or not something runs behind them. */
async function doorsOf(
  configuration: Configuration,
  store: Store,
  { log, redactor, clock }: { readonly log: Log; readonly redactor: Redactor; readonly clock: Clock },
) {
  const dataDirectory = resolve(configuration.dataDirectory);
  const confinement: Confinement = await detectConfinement(configuration.confinement, {
    network: configuration.network,
    allowedHosts: configuration.allowedHosts,
    readable: configuration.sandboxReadable,
    hidden: [dataDirectory, sandboxRoot(configuration), ...secretFilesOf(configuration).map(({ path }) => path)],
  });
  const agents = createAgentRegistry({
    environment: process.env,
    claude: {
      cliPath: configuration.claudeCliPath,
      model: configuration.claudeModel,
      maxTurns: configuration.claudeMaxTurns,
    },
    codex: { cliPath: configuration.codexCliPath, model: configuration.codexModel },
    gemini: { cliPath: configuration.geminiCliPath, model: configuration.geminiModel },
    opencode: { cliPath: configuration.opencodeCliPath, model: configuration.opencodeModel },
    acp: {
      commandLine: configuration.acpCommand,
      mode: configuration.acpMode,
      passEnvironment: configuration.acpEnvironment,
      modelHosts: configuration.acpModelHosts,
    },
    command: { commandLine: configuration.agentCommand, passEnvironment: configuration.agentEnvironment },
    demo: { sampleDirectory: demoDirectory(dataDirectory), pace: configuration.demoPace },
  });
  const allowedLocalRoots = [...configuration.allowLocal, demoDirectory(dataDirectory)];
  return {
    ...forgesOf(configuration, { redactor, log }),
    repositories: createRepositoryPolicy({ allowedLocalRoots }),
    store,
    log,
    redactor,
    clock,
    budgets: new Budgets({ store, clock, settings: budgetSettingsOf(configuration) }),
    agents,
    confinement: confinement.report,
    confine: confinement,
    diskUse: new DiskQuota({ ...configuration, clock }),
    collected: createCollectedChanges({ dataDirectory: sandboxRoot(configuration) }),
    version: VERSION,
    pageDirectory: pageDirectoryOf(PACKAGE),
    gitVersion,
    apiToken: configuration.apiToken,
    allowedHosts: configuration.apiToken === null ? loopbackHosts(configuration.host) : null,
  } satisfies Omit<AppDependencies, 'workOrders' | 'knownRepositories' | 'intake' | 'makeSample'> & {
    readonly confine: Confinement;
    readonly credentials: Credentials;
  };
}

async function assemble(
  configuration: Configuration,
  store: Store,
  { log, redactor, options }: { readonly log: Log; readonly redactor: Redactor; readonly options: ServiceOptions },
) {
  const clock = options.clock ?? systemClock;
  const dataDirectory = resolve(configuration.dataDirectory);
  await mkdir(demoDirectory(dataDirectory), { recursive: true });
  const doors = await doorsOf(configuration, store, { log, redactor, clock });
  const owner = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const engine = new WorkOrderEngine({
    ...doors,
    secrets: joinSecrets([
      createLoginSecrets({ environment: process.env }),
      createFileSecrets(secretFilesOf(configuration)),
    ]),
    prompts: createPromptSource({
      shippedDirectory: join(PACKAGE, 'commands'),
      overrideDirectory: configuration.commandsDirectory,
    }),
    sandboxes: createSandboxes({
      dataDirectory: sandboxRoot(configuration),
      credentials: doors.credentials,
      confinement: doors.confine,
      log,
      limits: configuration,
      disk: { floorBytes: configuration.diskFloorBytes, freeBytes: freeBytesOf, quota: doors.diskUse },
      runProcessTree,
      reapRecorded,
    }),
    dispatcher: new LocalDispatcher({ store, clock, log, owner, maxRunning: configuration.maxRunning }),
    random: Math.random,
    retryForMs: configuration.retryForMinutes * 60_000,
    leftovers: createSandboxLeftovers({ dataDirectory: sandboxRoot(configuration) }),
    newId: () => workOrderId(randomBytes(WORK_ORDER_ID_BYTES)),
    newMessageId: () => messageId(randomBytes(WORK_ORDER_ID_BYTES)),
    reach: options.reach ?? passRacePoint,
    defaultAgent: configuration.agent,
    agentSettings: agentSettingsOf(configuration),
    checks: checkSettingsOf(configuration, { path: programPath(process.env), rootsOf: commandRoots }),
    commitIdentity: commitIdentityOf(configuration),
    maxRunning: configuration.maxRunning,
  });
  const intake = new Intake({
    ...doors,
    workOrders: engine,
    reach: options.reach ?? passRacePoint,
    label: configuration.intakeLabel,
    publicUrl: configuration.publicUrl,
    reportPauseMs: options.reportPauseMs ?? REPORT_PAUSE_MS,
  });
  return { ...doors, engine, intake, makeSample: () => makeSample(dataDirectory) };
}

/** The forges in the order in which they are asked, the tokens for their hosts, and what they tell by themselves. */
function forgesOf(configuration: Configuration, { redactor, log }: { readonly redactor: Redactor; readonly log: Log }) {
  const hosts = createKnownHosts(configuration.forges);
  const environment = process.env;
  const onSecret = (secret: Secret) => redactor.learn([secret]);
  const onExpired = (secret: Secret) => redactor.forget([secret]);
  const credentials = createCredentials({ hosts, environment, onToken: onSecret, onExpired });
  const secrets = createWebhookSecrets({ hosts, environment, onSecret });
  const git = createPlainGitForge({ credentials });
  const parts = { hosts, credentials, git };
  const forges = [createGithubForge(parts), createGitlabForge(parts), createGiteaForge(parts), git];
  return {
    credentials,
    webhooks: createWebhooks({ hosts, secrets, log }),
    forges: createForgeRegistry({ forges }),
  };
}

function redactorOf({ apiToken }: Configuration): Redactor {
  return new Redactor(secretsIn({ ...process.env, AWO_API_TOKEN: apiToken ?? undefined }));
}

function logOf({ logLevel, logFormat, dataDirectory }: Configuration, to: 'stderr' | 'file', redactor: Redactor): Log {
  const file = to === 'file' ? join(resolve(dataDirectory), 'service.log') : null;
  const pretty = logFormat === 'auto' ? file === null && process.stderr.isTTY : logFormat === 'pretty';
  return createLog({ level: logLevel, format: pretty ? 'pretty' : 'json', file, redactor });
}
