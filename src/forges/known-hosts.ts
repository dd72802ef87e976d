import { isLocalRepository } from '../process/git-environment.ts';

export type ForgeKind = 'github' | 'gitlab' | 'gitea' | 'plain-git';

/** A GitHub App that the service is known as, in place of a person with a token. */
export interface GithubApp {
  /** The number of the app, or its client id. */
  readonly id: string;
  /** An absolute path; read whenever a token is asked for. */
  readonly privateKeyFile: string;
  /** Null: looked for by the repository. */
  readonly installationId: number | null;
}

/** A host whose forge is known: by its name, or because the configuration says so. */
export interface KnownHost {
  /** The host name, with its port where that is not the usual one. */
  readonly host: string;
  readonly kind: ForgeKind;
  /** Without a slash at the end; null for a forge without an API. */
  readonly apiUrl: string | null;
  /** Names of environment variables that may hold the token; the first that is set counts. */
  readonly tokenEnvironment: readonly string[];
  /** A file with the token, which wins over the environment. */
  readonly tokenFile: string | null;
  /** Wins over every token. */
  readonly app: GithubApp | null;
  /** True where the environment may name an app: by `GITHUB_APP_ID` and `GITHUB_APP_PRIVATE_KEY_FILE`. */
  readonly appFromEnvironment: boolean;
  readonly draftPullRequests: boolean;
  /** Names of environment variables that may hold the secret of its webhooks; the first that is set counts. */
  readonly webhookSecretEnvironment: readonly string[];
  /** A file with that secret, which wins over the environment. */
  readonly webhookSecretFile: string | null;
}

/** What the configuration says of a host. */
export interface HostSettings {
  readonly host: string;
  readonly kind: ForgeKind;
  readonly apiUrl?: string | undefined;
  readonly tokenEnvironment?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly app?:
    | {
        readonly id: string;
        readonly privateKeyFile: string;
        readonly installationId?: number | undefined;
      }
    | undefined;
  readonly draftPullRequests?: boolean | undefined;
  readonly webhookSecretEnvironment?: string | undefined;
  readonly webhookSecretFile?: string | undefined;
}

/** Hosts that are known without configuration, with the variables that are used for them: each for one host only. */
const BUILT_IN: readonly KnownHost[] = [
  builtIn('github.com', 'github', 'https://api.github.com', ['GITHUB_TOKEN', 'GH_TOKEN']),
  builtIn('gitlab.com', 'gitlab', 'https://gitlab.com/api/v4', ['GITLAB_TOKEN']),
  builtIn('gitea.com', 'gitea', 'https://gitea.com/api/v1', ['GITEA_TOKEN']),
  builtIn('codeberg.org', 'gitea', 'https://codeberg.org/api/v1', ['CODEBERG_TOKEN']),
];

/** Where the API of a host is that says nothing else. */
const API_PATHS: Readonly<Record<ForgeKind, string | null>> = {
  // Of GitHub Enterprise.
  github: '/api/v3',
  gitlab: '/api/v4',
  gitea: '/api/v1',
  'plain-git': null,
};

export interface KnownHosts {
  /** The first of a name counts. */
  readonly all: readonly KnownHost[];
  /** The host of a repository, or null when nothing is known of it. */
  find(input: { readonly repositoryUrl: string }): KnownHost | null;
}

/**
 * The configured hosts before the built-in ones: a setting for github.com replaces only what it names. A variable that
 * the configuration names for a host is no longer that of a built-in one: its token must not go to both.
 */
export function createKnownHosts(settings: readonly HostSettings[]): KnownHosts {
  const configured = settings.map((setting) => withDefaults(setting));
  const taken = new Set(
    settings.flatMap(({ tokenEnvironment, webhookSecretEnvironment }) => [tokenEnvironment, webhookSecretEnvironment]),
  );
  const free = (names: readonly string[]) => names.filter((name) => !taken.has(name));
  const builtIn = BUILT_IN.map((host) => ({
    ...host,
    tokenEnvironment: free(host.tokenEnvironment),
    webhookSecretEnvironment: free(host.webhookSecretEnvironment),
  }));
  const hosts = [...configured, ...builtIn];
  return {
    all: hosts.filter(({ host }, index) => hosts.findIndex((each) => each.host === host) === index),
    find({ repositoryUrl }) {
      const address = addressOf(repositoryUrl);
      if (address === null) return null;
      return hosts.find(({ host }) => (address.byName ? hostName(host) : host) === address.host) ?? null;
    },
  };
}

function withDefaults(setting: HostSettings): KnownHost {
  const host = setting.host.toLowerCase();
  const known = BUILT_IN.find((candidate) => candidate.host === host && candidate.kind === setting.kind);
  const named = (variable: string | undefined) => (variable === undefined ? null : [variable]);
  const apiPath = API_PATHS[setting.kind];
  return {
    host,
    kind: setting.kind,
    apiUrl: apiPath === null ? null : (setting.apiUrl ?? known?.apiUrl ?? `https://${host}${apiPath}`),
    tokenEnvironment: named(setting.tokenEnvironment) ?? known?.tokenEnvironment ?? [],
    tokenFile: setting.tokenFile ?? null,
    app: setting.app ? { ...setting.app, installationId: setting.app.installationId ?? null } : null,
    appFromEnvironment: (known?.appFromEnvironment ?? false) && !setting.tokenEnvironment && !setting.tokenFile,
    draftPullRequests: setting.draftPullRequests ?? false,
    webhookSecretEnvironment: named(setting.webhookSecretEnvironment) ?? known?.webhookSecretEnvironment ?? [],
    webhookSecretFile: setting.webhookSecretFile ?? null,
  };
}

function builtIn(host: string, kind: ForgeKind, apiUrl: string, tokenEnvironment: readonly string[]): KnownHost {
  const appFromEnvironment = kind === 'github';
  return {
    host,
    kind,
    apiUrl,
    tokenEnvironment,
    tokenFile: null,
    app: null,
    appFromEnvironment,
    draftPullRequests: false,
    webhookSecretEnvironment: tokenEnvironment.slice(0, 1).map((name) => name.replace(/TOKEN$/, 'WEBHOOK_SECRET')),
    webhookSecretFile: null,
  };
}

/** `byName`: over ssh the port is that of another service, so that only the name can be compared. */
function addressOf(repositoryUrl: string): { readonly host: string; readonly byName: boolean } | null {
  if (isLocalRepository(repositoryUrl)) return null;
  const scp = /^[^/:@]+@([^/:]+):/.exec(repositoryUrl)?.[1];
  if (scp !== undefined) return { host: scp.toLowerCase(), byName: true };
  const url = URL.parse(repositoryUrl);
  if (url === null) return null;
  return url.protocol === 'ssh:'
    ? { host: url.hostname.toLowerCase(), byName: true }
    : { host: url.host.toLowerCase(), byName: false };
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '');
}
