import { isAbsolute, join } from 'node:path';
import { homedir } from 'node:os';
import type { AgentRun } from '../../ports/agent.ts';
import type { ProcessSpec } from '../../ports/process.ts';
import type { Environment } from '../environment.ts';
import { pickEnvironment, programPath } from '../environment.ts';

/** The model of a key, that of a Google account, what renews a login, and Vertex AI. */
const HOSTS = [
  'generativelanguage.googleapis.com',
  'cloudcode-pa.googleapis.com',
  'oauth2.googleapis.com',
  'aiplatform.googleapis.com',
];

const BASE_URLS = ['GOOGLE_GEMINI_BASE_URL', 'GOOGLE_VERTEX_BASE_URL'];
const FILES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'GOOGLE_APPLICATION_CREDENTIALS'];

const NAMES = new Set([
  'GEMINI_API_KEY',
  'GEMINI_API_KEY_AUTH_MECHANISM',
  'GOOGLE_API_KEY',
  'GOOGLE_GENAI_USE_VERTEXAI',
  'GOOGLE_GENAI_API_VERSION',
  'GOOGLE_CLOUD_PROJECT',
  'GOOGLE_CLOUD_PROJECT_ID',
  'GOOGLE_CLOUD_LOCATION',
  ...BASE_URLS,
  ...FILES,
  'LANG',
  'LANGUAGE',
  'TZ',
]);
const PROXIES = new Set(['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY']);

/**
 * The settings of the user, as which the service's own are given: those of the system it reads only from folders that
 * nobody else can write to.
 */
export function settingsFile(run: Pick<AgentRun, 'stateDirectory'>): string {
  return join(run.stateDirectory, '.gemini', 'settings.json');
}

/** What Gemini CLI gets of the service's environment. */
export function geminiEnvironment({
  environment,
  run,
}: {
  readonly environment: Environment;
  /** Null for a look at the version. */
  readonly run: Pick<AgentRun, 'homeDirectory' | 'temporaryDirectory' | 'stateDirectory'> | null;
}): Record<string, string> {
  const picked = {
    ...pickEnvironment(
      environment,
      (name) => NAMES.has(name) || name.startsWith('LC_') || PROXIES.has(name.toUpperCase()),
    ),
    PATH: programPath(environment),
    // Else it starts itself again in a child: twice the time and the memory, and a signal misses the child.
    GEMINI_CLI_NO_RELAUNCH: 'true',
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  };
  if (run === null) return { ...picked, HOME: environment['HOME'] ?? homedir() };
  return {
    ...picked,
    HOME: run.homeDirectory,
    TMPDIR: run.temporaryDirectory,
    GEMINI_CLI_HOME: run.stateDirectory,
  };
}

/** What it must see and reach where it is confined. */
export function geminiNeeds(environment: Environment): NonNullable<ProcessSpec['needs']> {
  const readable = FILES.map((name) => environment[name] ?? '').filter(isAbsolute);
  const others = BASE_URLS.flatMap((name) => URL.parse(environment[name] ?? '')?.host ?? []);
  return { readable, hosts: others.length > 0 ? others : HOSTS };
}
