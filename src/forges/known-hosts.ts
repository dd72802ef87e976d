import { isLocalRepository } from '../process/git-environment.ts';

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
  readonly draftPullRequests: boolean;
  /** Names of environment variables that may hold the secret of its webhooks; the first that is set counts. */
  readonly webhookSecretEnvironment: readonly string[];
  /** A file with that secret, which wins over the environment. */
  readonly webhookSecretFile: string | null;
}

/** What the configuration says of a host. */
interface HostSettings {
  readonly host: string;
  readonly kind: 'github' | 'plain-git';
  readonly apiUrl?: string | undefined;
  readonly tokenEnvironment?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly draftPullRequests?: boolean | undefined;
  readonly webhookSecretEnvironment?: string | undefined;
  readonly webhookSecretFile?: string | undefined;
}

/** Hosts that are known without configuration, with the variables that everybody uses for them. */
const BUILT_IN: readonly KnownHost[] = [
  {
    host: 'github.com',
    kind: 'github',
    apiUrl: 'https://api.github.com',
    tokenEnvironment: ['GITHUB_TOKEN', 'GH_TOKEN'],
    tokenFile: null,
    draftPullRequests: false,
    webhookSecretEnvironment: ['GITHUB_WEBHOOK_SECRET'],
    webhookSecretFile: null,
  },
];

export interface KnownHosts {
  /** The first of a name counts. */
  readonly all: readonly KnownHost[];
  /** The host of a repository, or null when nothing is known of it. */
  find(input: { readonly repositoryUrl: string }): KnownHost | null;
}

/** The configured hosts before the built-in ones: a setting for github.com replaces only what it names. */
export function createKnownHosts(settings: readonly HostSettings[]): KnownHosts {
  const configured = settings.map((setting) => withDefaults(setting));
  const hosts = [...configured, ...BUILT_IN];
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
  return {
    host,
    kind: setting.kind,
    // Where GitHub Enterprise has its API.
    apiUrl: setting.kind === 'github' ? (setting.apiUrl ?? known?.apiUrl ?? `https://${host}/api/v3`) : null,
    tokenEnvironment: named(setting.tokenEnvironment) ?? known?.tokenEnvironment ?? [],
    tokenFile: setting.tokenFile ?? null,
    draftPullRequests: setting.draftPullRequests ?? false,
    webhookSecretEnvironment: named(setting.webhookSecretEnvironment) ?? known?.webhookSecretEnvironment ?? [],
    webhookSecretFile: setting.webhookSecretFile ?? null,
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
