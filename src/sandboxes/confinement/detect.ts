import { execFile } from 'node:child_process';
import { WorkOrderError } from '../../domain/errors.ts';
import { findProgram } from '../../process/find-program.ts';
import type { AgentRules, BubblewrapAbilities } from './bubblewrap.ts';
import { agentArguments, collectArguments, createBubblewrap } from './bubblewrap.ts';
import type { Confinement } from './confinement.ts';
import { createNoConfinement } from './none.ts';

export type ConfinementMode = 'auto' | 'none' | 'bubblewrap';

/** What is lost: a pid namespace, a home that is not seen, and a git of the service's own that is shielded. */
const CONSEQUENCE =
  'Without it, agents see what this user sees, processes of an agent that shed both group and marker may survive, ' +
  'and git reads what an agent has written without being shut in.';
const HOW_TO_GET =
  'Install bubblewrap with the package manager of this system (Debian and Ubuntu: apt install bubblewrap; ' +
  'Fedora: dnf install bubblewrap; Alpine: apk add bubblewrap; Arch: pacman -S bubblewrap).';
const HOW_TO_ALLOW =
  'Allow this user to make namespaces: on a machine of your own, sysctl user.max_user_namespaces (and on Ubuntu ' +
  'kernel.apparmor_restrict_unprivileged_userns); in a container, a seccomp profile that allows them.';

/** A trial takes about 10 ms; one that has not ended by then hangs. */
const TRIAL_MS = 5000;
/** Told by the shell inside: its pid, and that /proc is that of its namespace. */
const TRIAL_SCRIPT = 'read -r pid rest < /proc/self/stat && echo "$$ $pid"';
/** Threads have numbers too, and the relay of a restricted network has a dozen. */
const FIRST_PIDS = 100;
const USER_NAMESPACES = [['--unshare-user', '--disable-userns'], ['--unshare-user'], []];
const NO_RULES: AgentRules = { network: 'open', allowedHosts: [], readable: [], hidden: [] };

/**
 * Finds out what confines agents and collecting here, by running bwrap with the very profiles that are used later.
 * `auto` falls back to none and says why in the report; `bubblewrap`, and rules that nothing else can keep, reject with
 * `configuration_invalid` instead.
 */
export async function detectConfinement(
  mode: ConfinementMode,
  options: Partial<AgentRules> & { readonly path?: string | undefined; readonly platform?: NodeJS.Platform } = {},
): Promise<Confinement> {
  const { path = process.env['PATH'], platform = process.platform, ...rules } = options;
  const found =
    mode === 'none'
      ? `Bubblewrap is switched off by the configuration. ${CONSEQUENCE}`
      : await tryBubblewrap(path, platform, { ...NO_RULES, ...rules });
  if (typeof found !== 'string') return found;
  if (mode === 'bubblewrap') throw unusable(`Bubblewrap was asked for by the configuration. ${found}`);
  if (rules.network === undefined || rules.network === 'open') return createNoConfinement(found);
  throw unusable(`Only bubblewrap can keep agents to the network "${rules.network}". ${found}`);
}

function unusable(message: string): WorkOrderError {
  return new WorkOrderError('configuration_invalid', message);
}

/** The confinement, or what is missing, what that means and what to do. */
async function tryBubblewrap(
  path: string | undefined,
  platform: NodeJS.Platform,
  rules: AgentRules,
): Promise<Confinement | string> {
  if (platform !== 'linux') return `Bubblewrap exists on Linux only. ${CONSEQUENCE}`;
  const { path: file } = findProgram({ file: 'bwrap', path, cwd: '/' });
  if (file === null) return `Bubblewrap (bwrap) is not installed. ${CONSEQUENCE} ${HOW_TO_GET}`;
  const said = await run(file, ['--version']);
  const version = /\d+(\.\d+)+/.exec(said.stdout)?.[0] ?? 'unknown';
  let problem = '';
  for (const userNamespace of USER_NAMESPACES) {
    const abilities = { file, version, userNamespace };
    const refused = await trial(abilities, rules);
    if (refused === null) return createBubblewrap(abilities, rules);
    problem ||= refused;
  }
  return refusal('cannot shut a program in here', version, problem);
}

function refusal(what: string, version: string, words: string): string {
  return `Bubblewrap ${version} is installed but ${what} (${words}). ${CONSEQUENCE} ${HOW_TO_ALLOW}`;
}

/** Null when both profiles work, else why not. */
async function trial(abilities: BubblewrapAbilities, rules: AgentRules): Promise<string | null> {
  const command = {
    file: '/bin/sh',
    args: ['-c', TRIAL_SCRIPT],
    env: { PATH: '/usr/bin:/bin' },
    directory: '/',
    readable: [],
    writable: [],
    hosts: [],
    onNetworkRefused: () => undefined,
  };
  try {
    const agent = await agentArguments(command, { abilities, rules });
    try {
      return (
        (await told(abilities.file, agent.args)) ?? (await told(abilities.file, collectArguments(command, abilities)))
      );
    } finally {
      await agent.release();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Null when the shell inside tells what it should. */
async function told(file: string, args: readonly string[]): Promise<string | null> {
  const { stdout, problem } = await run(file, args);
  if (problem !== null) return problem;
  // In a namespace of its own the shell is one of the first processes; a /proc of the machine would tell another number.
  const [, pid, inProc] = /^(\d+) (\d+)\n$/.exec(stdout) ?? [];
  if (pid !== undefined && pid === inProc && Number(pid) < FIRST_PIDS) return null;
  return `the trial said ${JSON.stringify(stdout.slice(0, 100))}`;
}

async function run(
  file: string,
  args: readonly string[],
): Promise<{ readonly stdout: string; readonly problem: string | null }> {
  return await new Promise((resolve) => {
    const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
    const child = execFile(file, args, { env, timeout: TRIAL_MS, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const words = stderr.trim().split('\n').at(-1)?.slice(0, 200);
      resolve({ stdout, problem: error === null ? null : words || error.message.split('\n')[0] || 'it failed' });
    });
    child.stdin?.end();
  });
}
