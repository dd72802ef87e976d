import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { AGENT_FOLDERS, INSTALL_PROBLEM, agentProgram, programsOf } from '../test/agents/programs.ts';
import type { AgentProgramName, AgentSet } from '../test/agents/programs.ts';

const STAMP = join('node_modules', '.installed');

/**
 * How npm installs each folder. The lock of `more` cannot name the programs of every platform, which `npm ci` would take
 * for a mistake: one of its packages has not been published for all of them in every registry.
 */
const COMMANDS: Readonly<Record<AgentSet, readonly string[]>> = {
  default: ['ci'],
  more: ['install', '--no-save'],
};

export interface MissingProgram {
  readonly name: AgentProgramName;
  /** npm's words, or what the package lacks. */
  readonly reason: string;
}

/**
 * Installs the agent programs that the tests run, where they are not there yet or the lock has changed since. Says on
 * stderr what it does; never throws for a program that cannot be had.
 */
export function installAgentPrograms({ more }: { readonly more: boolean }): {
  readonly missing: readonly MissingProgram[];
} {
  const sets: readonly AgentSet[] = more ? ['default', 'more'] : ['default'];
  for (const set of sets) {
    const folder = AGENT_FOLDERS[set];
    installFolder({ folder, command: COMMANDS[set], what: programsOf(set).join(', '), env: process.env });
  }
  const programs = sets.flatMap(programsOf).map(agentProgram);
  return {
    missing: programs.flatMap(({ name, missing }) => (missing === null ? [] : [{ name, reason: missing }])),
  };
}

/** Runs npm in one folder, unless what it would do has been done. Its failure is told by a file in the folder. */
export function installFolder({
  folder,
  command,
  what,
  env,
  npm: program = 'npm',
}: {
  readonly folder: string;
  /** npm's command and its options. */
  readonly command: readonly string[];
  /** What is installed, for people. */
  readonly what: string;
  readonly env: NodeJS.ProcessEnv;
  readonly npm?: string;
}): void {
  const wanted = stampOf(folder);
  const stamp = join(folder, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const args = [...command, '--no-audit', '--no-fund', '--prefer-offline'];
  console.error(`> npm ${args.join(' ')}  (${what}; once, and it takes some seconds)`);
  const begun = Date.now();
  rmSync(join(folder, INSTALL_PROBLEM), { force: true });
  // npm runs in the Node that it finds on PATH, and picks older versions of these programs in an older one.
  const path = [dirname(process.execPath), env['PATH']].join(delimiter);
  const npm = spawnSync(program, args, {
    cwd: folder,
    env: { ...env, PATH: path },
    encoding: 'utf8',
    // Not to our stdout: its last line is for the counts of the tests.
    stdio: ['ignore', 2, 'pipe'],
  });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  if (npm.status === 0) {
    writeFileSync(stamp, wanted);
    console.error(`  installed in ${((Date.now() - begun) / 1000).toFixed(1)} s`);
    return;
  }
  const problem = npmProblem(npm.error?.message ?? npm.stderr);
  writeFileSync(join(folder, INSTALL_PROBLEM), problem);
  console.error(`  npm could not install them: ${problem}`);
}

/** What an install depends on: an install made from the same needs no second one. */
function stampOf(folder: string): string {
  const files = ['package.json', 'package-lock.json'].map((name) => readFileSync(join(folder, name), 'utf8'));
  return [process.platform, process.arch, ...files].join('\n');
}

/** The sentences of npm's complaint, without its marks and the place of its log. */
function npmProblem(stderr: string): string {
  const lines = stderr
    .split('\n')
    .filter((line) => /^npm (?:error|ERR!) /.test(line) && !line.includes('complete log'))
    .map((line) => line.replace(/^npm (?:error|ERR!) /, ''));
  return (lines.length > 0 ? lines : stderr.trim().split('\n')).slice(0, 4).join(' ') || 'npm gave no reason.';
}
