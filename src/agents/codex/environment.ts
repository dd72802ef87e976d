import { homedir } from 'node:os';
import type { AgentRun } from '../../ports/agent.ts';
import type { ProcessSpec } from '../../ports/process.ts';
import type { Environment } from '../environment.ts';
import { pickEnvironment, programPath } from '../environment.ts';
import { baseUrlOf } from './login.ts';
import type { CodexLogin } from './login.ts';

const NAMES = new Set(['USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ']);
const PROXIES = new Set(['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY']);
const CERTIFICATES = ['CODEX_CA_CERTIFICATE', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS'];
/** Which of several organizations pays: no secrets. */
const ACCOUNT = new Set(['OPENAI_ORGANIZATION', 'OPENAI_PROJECT']);

/** What Codex gets of the service's environment. Its key, if any, is told apart from what its tools inherit by its name. */
export function codexEnvironment({
  environment,
  run,
  login,
}: {
  readonly environment: Environment;
  /** Null for a look at the version. */
  readonly run: Pick<AgentRun, 'homeDirectory' | 'temporaryDirectory' | 'stateDirectory'> | null;
  readonly login: CodexLogin;
}): Record<string, string> {
  const picked = { ...pickEnvironment(environment, isWanted), PATH: programPath(environment) };
  if (run === null) return { ...picked, HOME: environment['HOME'] ?? homedir() };
  return {
    ...picked,
    HOME: run.homeDirectory,
    TMPDIR: run.temporaryDirectory,
    CODEX_HOME: run.stateDirectory,
    ...(login.kind === 'key' ? { CODEX_API_KEY: login.key } : {}),
  };
}

/** What it must see and reach where it is confined. */
export function codexNeeds({
  environment,
  login,
  root,
}: {
  readonly environment: Environment;
  readonly login: CodexLogin;
  /** The folder of the program. */
  readonly root: string | null;
}): NonNullable<ProcessSpec['needs']> {
  const certificates = CERTIFICATES.map((name) => environment[name]).filter((path) => path?.startsWith('/') === true);
  const readable = [root, ...certificates].filter((path) => typeof path === 'string');
  const baseUrl = baseUrlOf(environment);
  if (baseUrl !== null) return { readable, hosts: [URL.parse(baseUrl)?.host ?? ''].filter((host) => host !== '') };
  const hosts = login.kind === 'file' ? ['chatgpt.com', 'auth.openai.com', 'api.openai.com'] : ['api.openai.com'];
  return { readable, hosts };
}

function isWanted(name: string): boolean {
  const upper = name.toUpperCase();
  return (
    NAMES.has(name) || PROXIES.has(upper) || CERTIFICATES.includes(name) || ACCOUNT.has(name) || name.startsWith('LC_')
  );
}
