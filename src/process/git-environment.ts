/** Who commits; the service's own name unless it is told another one. */
export interface GitIdentity {
  readonly name: string;
  readonly email: string;
}

export const SERVICE_IDENTITY: GitIdentity = { name: 'Agent Work Orders', email: 'agent-work-orders@localhost' };

export type ConfigEntry = readonly [key: string, value: string];

export interface GitEnvironmentInput {
  /** The one repository elsewhere that the command may talk to; absent for a command that stays here. */
  readonly remote?: string | undefined;
  readonly identity?: GitIdentity | undefined;
  readonly config?: readonly ConfigEntry[] | undefined;
  /** Added at the end: GIT_INDEX_FILE, GIT_AUTHOR_DATE, …. */
  readonly extra?: Readonly<Record<string, string>> | undefined;
  /** The environment of the service, of which only a few names pass. */
  readonly outside: Readonly<Record<string, string | undefined>>;
}

/** Nothing of these is left to the configuration of a repository: what comes by the environment wins over it. */
const HARDENING: readonly ConfigEntry[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.quotePath', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['credential.helper', ''],
  ['fetch.recurseSubmodules', 'false'],
  ['gc.auto', '0'],
  ['http.followRedirects', 'false'],
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '60'],
  ['init.templateDir', ''],
  ['init.defaultBranch', 'main'],
  ['maintenance.auto', 'false'],
  ['submodule.recurse', 'false'],
];

/** What a command that talks to a server needs of the machine: the way through a proxy, its certificates, its keys. */
const NETWORK_NAMES = [
  'SSH_AUTH_SOCK',
  'HTTPS_PROXY',
  'https_proxy',
  'http_proxy',
  'ALL_PROXY',
  'all_proxy',
  'NO_PROXY',
  'no_proxy',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'GIT_SSL_CAINFO',
];

/**
 * The whole environment of a git command of the service. Neither the system's nor the user's configuration is read,
 * nothing prompts, and only the one protocol of `remote` may be used.
 */
export function gitEnvironment(input: GitEnvironmentInput): Record<string, string> {
  const { name, email } = input.identity ?? SERVICE_IDENTITY;
  const environment: Record<string, string> = {
    PATH: input.outside['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'false',
    SSH_ASKPASS: 'false',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=20 -o ClearAllForwardings=yes',
    GIT_SSH_VARIANT: 'ssh',
    GIT_ALLOW_PROTOCOL: input.remote === undefined ? 'none' : protocolOf(input.remote),
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_ADVICE: '0',
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
  if (input.remote !== undefined) {
    for (const name of NETWORK_NAMES) {
      const value = input.outside[name];
      if (value !== undefined) environment[name] = value;
    }
  }
  const config = [...HARDENING, ...safeDirectories(input.remote), ...(input.config ?? [])];
  environment['GIT_CONFIG_COUNT'] = String(config.length);
  for (const [index, [key, value]] of config.entries()) {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return { ...environment, ...input.extra };
}

/** True for a repository that is a folder of this machine. */
export function isLocalRepository(url: string): boolean {
  return url.startsWith('/') || url.startsWith('file://');
}

/** True for a host name or address that is this machine, in its usual spellings only. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/**
 * The value of GIT_ALLOW_PROTOCOL for one repository. Plain http is for loopback only; an unknown form allows
 * nothing, so git itself refuses it.
 */
export function protocolOf(url: string): string {
  if (isLocalRepository(url)) return 'file';
  if (url.startsWith('https://')) return 'https';
  if (url.startsWith('http://')) return isLoopbackHost(hostOf(url)) ? 'http' : 'none';
  if (url.startsWith('ssh://') || /^[^/:@]+@[^/:]+:[^:]/.test(url)) return 'ssh';
  return 'none';
}

/**
 * Git refuses a local repository of another user unless its exact path is named. The program at the other end of a
 * local fetch or push does not see GIT_CONFIG_COUNT, so it gets the same by `remoteProgram`.
 */
function safeDirectories(remote: string | undefined): readonly ConfigEntry[] {
  if (remote === undefined || !isLocalRepository(remote)) return [];
  const path = remote.replace(/^file:\/\//, '').replace(/\/+$/, '');
  return [
    ['safe.directory', path],
    ['safe.directory', `${path}/.git`],
  ];
}

/** The shell line with which git starts `upload-pack` or `receive-pack` of a local repository. */
export function remoteProgram(program: 'upload-pack' | 'receive-pack', remote: string): string {
  const config = safeDirectories(remote).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  return shellLine(['git', ...config, program]);
}

/** Words as one line that a POSIX shell splits into exactly these words. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}

function hostOf(url: string): string {
  return URL.parse(url)?.hostname ?? '';
}
