import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { AgentRun } from '../../ports/agent.ts';
import type { ProcessSpec } from '../../ports/process.ts';
import type { Environment } from '../environment.ts';
import { pickEnvironment, programPath } from '../environment.ts';
import { PROVIDERS } from './login.ts';

const NAMES = new Set(['LANG', 'LANGUAGE', 'TZ', ...Object.keys(PROVIDERS)]);
const PROXIES = new Set(['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY']);
const CERTIFICATES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
/** Its own, and the list of models that it looks up at its start. */
const HOSTS = ['opencode.ai', 'models.dev'];

/** Where OpenCode keeps its sessions and its copy of the login. */
export function dataDirectory({ stateDirectory }: Pick<AgentRun, 'stateDirectory'>): string {
  return join(stateDirectory, 'data');
}

/** What OpenCode gets of the service's environment. */
export function openCodeEnvironment({
  environment,
  run,
  config,
  model,
}: {
  readonly environment: Environment;
  /** Null for a look at the version. */
  readonly run: Pick<AgentRun, 'homeDirectory' | 'temporaryDirectory' | 'stateDirectory' | 'mayChange'> | null;
  /** The user's own configuration file. */
  readonly config: string | null;
  /** As `provider/model`. */
  readonly model: string | null;
}): Record<string, string> {
  const picked = {
    ...pickEnvironment(environment, isWanted),
    PATH: programPath(environment),
    OPENCODE_DISABLE_AUTOUPDATE: 'true',
    OPENCODE_DISABLE_LSP_DOWNLOAD: 'true',
  };
  if (run === null) return { ...picked, HOME: environment['HOME'] ?? homedir() };
  return {
    ...picked,
    HOME: run.homeDirectory,
    TMPDIR: run.temporaryDirectory,
    XDG_DATA_HOME: dataDirectory(run),
    XDG_CONFIG_HOME: join(run.stateDirectory, 'config'),
    XDG_STATE_HOME: join(run.stateDirectory, 'state'),
    XDG_CACHE_HOME: join(run.stateDirectory, 'cache'),
    ...(config === null ? {} : { OPENCODE_CONFIG: config }),
    OPENCODE_CONFIG_CONTENT: JSON.stringify({
      ...parseObject(environment['OPENCODE_CONFIG_CONTENT']),
      ...(model === null ? {} : { model }),
      // What it asks for is answered by this service.
      permission: run.mayChange
        ? { edit: 'allow', bash: 'allow', webfetch: 'allow' }
        : { edit: 'ask', bash: 'ask', webfetch: 'allow' },
    }),
  };
}

/** What it must see and reach where it is confined. */
export async function openCodeNeeds({
  environment,
  config,
}: {
  readonly environment: Environment;
  readonly config: string | null;
}): Promise<NonNullable<ProcessSpec['needs']>> {
  const certificates = CERTIFICATES.map((name) => environment[name] ?? '').filter(isAbsolute);
  const written = config === null ? '' : await readFile(config, 'utf8').catch(() => '');
  const addresses = `${written} ${environment['OPENCODE_CONFIG_CONTENT'] ?? ''}`.matchAll(/"baseURL"\s*:\s*"([^"]+)"/g);
  const providers = Object.entries(PROVIDERS).flatMap(([name, host]) => (environment[name] ? [host] : []));
  const others = [...addresses].flatMap(([, address = '']) => URL.parse(address)?.host ?? []);
  return {
    readable: config === null ? certificates : [config, ...certificates],
    hosts: [...new Set([...HOSTS, ...providers, ...others])],
  };
}

function isWanted(name: string): boolean {
  if (NAMES.has(name) || CERTIFICATES.includes(name) || PROXIES.has(name.toUpperCase())) return true;
  return name.startsWith('LC_') || name.startsWith('OPENCODE_');
}

function parseObject(text: string | undefined): object {
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
