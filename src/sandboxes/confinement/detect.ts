import { execFile } from 'node:child_process';
import { WorkOrderError } from '../../domain/errors.ts';
import { findProgram } from '../../process/find-program.ts';
import { agentProfile, collectProfile, createBubblewrap } from './bubblewrap.ts';
import type { Confinement } from './confinement.ts';
import { createNoConfinement } from './none.ts';

export type ConfinementMode = 'auto' | 'none' | 'bubblewrap';

/** What is lost without a pid namespace, and that git of the service's own is not shielded either. */
const CONSEQUENCE =
  'Without it, processes of an agent that shed both group and marker may survive, ' +
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

/**
 * Finds out what confines agents and collecting here, by running bwrap with the very profiles that are used later.
 * `auto` falls back to none and says why in the report; `bubblewrap` rejects with `configuration_invalid` instead.
 */
export async function detectConfinement(
  mode: ConfinementMode,
  options: { readonly path?: string | undefined; readonly platform?: NodeJS.Platform } = {},
): Promise<Confinement> {
  const { path = process.env['PATH'], platform = process.platform } = options;
  if (mode === 'none') return createNoConfinement(`Bubblewrap is switched off by the configuration. ${CONSEQUENCE}`);
  const found = await tryBubblewrap(path, platform);
  if (typeof found !== 'string') return found;
  if (mode === 'auto') return createNoConfinement(found);
  throw new WorkOrderError('configuration_invalid', `Bubblewrap was asked for by the configuration. ${found}`);
}

/** The confinement, or what is missing, what that means and what to do. */
async function tryBubblewrap(path: string | undefined, platform: NodeJS.Platform): Promise<Confinement | string> {
  if (platform !== 'linux') return `Bubblewrap exists on Linux only. ${CONSEQUENCE}`;
  const { path: file } = findProgram({ file: 'bwrap', path, cwd: '/' });
  if (file === null) return `Bubblewrap (bwrap) is not installed. ${CONSEQUENCE} ${HOW_TO_GET}`;
  const said = await run(file, ['--version']);
  const version = /\d+(\.\d+)+/.exec(said.stdout)?.[0] ?? 'unknown';
  const agent = await trial(file, agentProfile('/'));
  if (agent !== null) return refusal('cannot make a pid namespace here', version, agent);
  let problem = '';
  for (const userNamespace of [['--unshare-user', '--disable-userns'], ['--unshare-user'], []]) {
    const profile = collectProfile({ userNamespace, file: '/bin/sh', directory: '/', readable: [], writable: [] });
    const refused = await trial(file, profile);
    if (refused === null) return createBubblewrap({ file, version, userNamespace });
    problem ||= refused;
  }
  return refusal('cannot shut a program in here', version, problem);
}

function refusal(what: string, version: string, words: string): string {
  return `Bubblewrap ${version} is installed but ${what} (${words}). ${CONSEQUENCE} ${HOW_TO_ALLOW}`;
}

/** Null when a profile works, else why not. */
async function trial(file: string, profile: readonly string[]): Promise<string | null> {
  const { stdout, problem } = await run(file, [...profile, '--', '/bin/sh', '-c', TRIAL_SCRIPT]);
  if (problem !== null) return problem;
  // In a namespace of its own the shell is the second process; a /proc of the machine would tell another number.
  return stdout === '2 2\n' ? null : `the trial said ${JSON.stringify(stdout.slice(0, 100))}`;
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
