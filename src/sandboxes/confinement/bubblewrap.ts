import { delimiter, isAbsolute } from 'node:path';
import type { NetworkMode } from '../../domain/network.ts';
import { findProgram } from '../../process/find-program.ts';
import { WRAPPER_INFO_FD } from '../../process/gate.ts';
import { installRoots } from '../../process/install-roots.ts';
import type { AgentCommand, Confinement } from './confinement.ts';
import type { Place } from './mounts.ts';
import { planMounts } from './mounts.ts';
import { createAllowList } from './network/allow-list.ts';
import { startProxy } from './network/proxy.ts';
import { throughRelay } from './network/through-relay.ts';
import { profile, readable, SYSTEM, SYSTEM_OF_AGENTS, writable } from './profile.ts';

/** What this machine lets bubblewrap do; found out by `detectConfinement`. */
export interface BubblewrapAbilities {
  /** The bwrap program by absolute path. */
  readonly file: string;
  readonly version: string;
  /** Options that not every machine allows: a user namespace, and no further ones inside. */
  readonly userNamespace: readonly string[];
}

/** What the configuration says about agents. */
export interface AgentRules {
  readonly network: NetworkMode;
  readonly allowedHosts: readonly string[];
  /** Shown to every agent. */
  readonly readable: readonly string[];
  /** Of the service's own: not shown even where a folder around them is. */
  readonly hidden: readonly string[];
}

/** A working copy is no use without these; where a user has them below the home folder, they are shown too. */
const TOOLS = ['git', 'node'];
/** Variables by which programs are told of certificates: whoever sets one means it to be read. */
const CERTIFICATES = [
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'CURL_CA_BUNDLE',
  'REQUESTS_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'AWS_CA_BUNDLE',
  'CODEX_CA_CERTIFICATE',
];

export function createBubblewrap(abilities: BubblewrapAbilities, rules: AgentRules): Confinement {
  return {
    report: { kind: 'bubblewrap', version: abilities.version, problem: null, network: rules.network },
    shown: rules.readable,

    async agent(command) {
      const { args, release } = await agentArguments(command, { abilities, rules });
      return {
        command: {
          file: abilities.file,
          args: ['--info-fd', String(WRAPPER_INFO_FD), ...args],
          infoFd: WRAPPER_INFO_FD,
        },
        [Symbol.asyncDispose]: release,
      };
    },

    collect: (command) => ({ file: abilities.file, args: collectArguments(command, abilities), infoFd: null }),
  };
}

/** Arguments of bwrap for an agent, and what is to be let go after it. Exported for the trial of them. */
export async function agentArguments(
  command: AgentCommand,
  { abilities, rules }: { readonly abilities: Pick<BubblewrapAbilities, 'userNamespace'>; readonly rules: AgentRules },
): Promise<{ readonly args: readonly string[]; readonly release: () => Promise<void> }> {
  const { directory, env } = command;
  const path = env['PATH'];
  const file = findProgram({ file: command.file, path, cwd: directory }).path ?? command.file;
  const tools = TOOLS.flatMap((tool) => findProgram({ file: tool, path, cwd: '/' }).path ?? []);
  const allowed = rules.network === 'allow-list' ? createAllowList([...command.hosts, ...rules.allowedHosts]) : null;
  const proxy = allowed && (await startProxy({ allowed, onRefused: command.onNetworkRefused }));
  const program = [file, ...command.args];
  const inside =
    proxy === null || allowed === null
      ? { command: program, readable: [] }
      : throughRelay({ command: program, proxy, forwarded: allowed.onLoopback });
  const mounts = planMounts([
    ...SYSTEM,
    ...SYSTEM_OF_AGENTS,
    ...[file, ...tools].filter(isAbsolute).flatMap((each) => rootsOf(each, path)),
    ...[...inside.readable, ...certificates(env), ...rules.readable, ...command.readable].map(readable),
    ...command.writable.map(writable),
    ...rules.hidden.map((hidden): Place => ({ path: hidden, access: 'hide' })),
  ]);
  const options = profile({
    mounts,
    directory,
    userNamespace: abilities.userNamespace,
    network: rules.network === 'open',
  });
  const seen = (path ?? '').split(delimiter).filter((folder) => isAbsolute(folder) && mounts.shows(folder));
  return {
    args: [...options, '--setenv', 'PATH', seen.join(delimiter), '--', ...inside.command],
    release: async () => proxy?.[Symbol.asyncDispose](),
  };
}

/** Arguments of bwrap for git of the service's own. Exported for the trial of them. */
export function collectArguments(
  command: Parameters<Confinement['collect']>[0],
  { userNamespace }: Pick<BubblewrapAbilities, 'userNamespace'>,
): readonly string[] {
  const { directory } = command;
  const path = process.env['PATH'];
  // By its path: what PATH means inside is not what it means here.
  const file = findProgram({ file: command.file, path, cwd: directory }).path ?? command.file;
  const mounts = planMounts([
    ...SYSTEM,
    ...(isAbsolute(file) ? rootsOf(file, path) : []),
    ...command.readable.map(readable),
    ...command.writable.map(writable),
  ]);
  return [...profile({ mounts, directory, userNamespace, network: false }), '--', file, ...command.args];
}

function rootsOf(file: string, path: string | undefined): readonly Place[] {
  return installRoots({ file, path }).map(readable);
}

function certificates(env: Readonly<Record<string, string>>): readonly string[] {
  return CERTIFICATES.flatMap((name) => env[name]?.split(delimiter) ?? []).filter(isAbsolute);
}
