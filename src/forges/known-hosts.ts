import { isLocalRepository } from '../process/git-environment.ts';

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
  readonly kind: 'github' | 'plain-git';
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
}

/** What the configuration says of a host. */
export interface HostSettings {
  readonly host: string;
  readonly kind: 'github' | 'plain-git';
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
}

/** Hosts that are known without configuration, with the variables that everybody uses for them. */
const BUILT_IN: readonly KnownHost[] = [
  {
    host: 'github.com',
    kind: 'github',
    apiUrl: 'https://api.github.com',
    tokenEnvironment: ['GITHUB_TOKEN', 'GH_TOKEN'],
    tokenFile: null,
    app: null,
    appFromEnvironment: true,
    draftPullRequests: false,
  },
];

export interface KnownHosts {
  /** The host of a repository, or null when nothing is known of it. */
  find(input: { readonly repositoryUrl: string }): KnownHost | null;
}

/** The configured hosts before the built-in ones: a setting for github.com replaces only what it names. */
export function createKnownHosts(settings: readonly HostSettings[]): KnownHosts {
  const configured = settings.map((setting) => withDefaults(setting));
  const hosts = [...configured, ...BUILT_IN];
  return {
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
  const own = setting.tokenEnvironment === undefined ? null : [setting.tokenEnvironment];
  return {
    host,
    kind: setting.kind,
    // Where GitHub Enterprise has its API.
    apiUrl: setting.kind === 'github' ? (setting.apiUrl ?? known?.apiUrl ?? `https://${host}/api/v3`) : null,
    tokenEnvironment: own ?? known?.tokenEnvironment ?? [],
    tokenFile: setting.tokenFile ?? null,
    app: setting.app ? { ...setting.app, installationId: setting.app.installationId ?? null } : null,
    appFromEnvironment: (known?.appFromEnvironment ?? false) && own === null && setting.tokenFile === undefined,
    draftPullRequests: setting.draftPullRequests ?? false,
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
