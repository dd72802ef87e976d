import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Configuration } from '../../src/contract/configuration.ts';
import { readConfiguration } from '../../src/contract/configuration.ts';

const AGENT = resolve(import.meta.dirname, '../programs/list-keeper.mjs');

/** A folder of one test with a bare repository to work on, a data folder, and gates for the scripted agent. */
export interface WorkPlace extends Disposable {
  readonly directory: string;
  readonly dataDirectory: string;
  /** An argument by which the processes of its agents are found. */
  readonly token: string;
  readonly repository: string;
  /** What the scripted agent reads where it is confined. */
  readonly readable: readonly string[];
  configuration(changes?: Partial<Configuration>): Configuration;
  /** Lets the scripted agent finish a step. */
  open(...steps: readonly string[]): void;
  /** Takes `open` back. */
  close(...steps: readonly string[]): void;
  /** Pids of the scripted agent's processes that are alive now. */
  livingAgents(): readonly number[];
  git(...args: readonly string[]): string;
  branches(): readonly string[];
}

/** Makes the place; `gated` lets each agent step wait for `open`. */
export function makeWorkPlace({
  gated,
  agent = {},
  files = {},
}: {
  readonly gated: boolean;
  readonly agent?: Readonly<Record<string, string>>;
  /** What the repository holds besides, by path. */
  readonly files?: Readonly<Record<string, string>>;
}): WorkPlace {
  const directory = mkdtempSync(join(tmpdir(), 'awo-place-'));
  const inside = (name: string) => join(directory, name);
  for (const name of ['gate', 'seed', 'bin']) mkdirSync(inside(name));
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-C', inside('remote.git'), ...args], { encoding: 'utf8' }).trim();
  makeRepository(inside('seed'), inside('remote.git'), files);
  // Pids are of no use here: an agent in a pid namespace of its own does not know its real one.
  const token = `agent-of-${basename(directory)}`;
  const settings = { AGENT_TOKEN: token, ...(gated ? { AGENT_GATE: inside('gate') } : {}), ...agent };
  const exports = Object.entries(settings).map(([name, value]) => `export ${name}='${value}'`);
  const program = inside('bin/agent');
  writeFileSync(
    program,
    ['#!/bin/sh', ...exports, `exec '${process.execPath}' '${AGENT}' ${token} "$@"`, ''].join('\n'),
    {
      mode: 0o755,
    },
  );
  // Its interpreter and its parts stand in the script, and in this project, where nobody would look for them.
  const readable = [inside('gate'), inside('bin'), dirname(AGENT), dirname(process.execPath)];
  return {
    directory,
    readable,
    token,
    dataDirectory: inside('data'),
    repository: inside('remote.git'),
    configuration: (changes = {}) => ({
      ...readConfiguration({
        flags: {},
        environment: {},
        file: null,
        defaults: { dataDirectory: inside('data'), maxRunning: 2 },
      }),
      port: 0,
      logLevel: 'error',
      logFormat: 'json',
      agent: 'command',
      agentCommand: program,
      allowLocal: [directory],
      sandboxReadable: readable,
      ...changes,
    }),
    open: (...steps) => {
      for (const step of steps) writeFileSync(join(inside('gate'), step), '');
    },
    close: (...steps) => {
      for (const step of steps) rmSync(join(inside('gate'), step), { force: true });
    },
    livingAgents: () => processesWith(token),
    git,
    branches: () => git('for-each-ref', '--format=%(refname:short)', 'refs/heads').split('\n'),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Every file below a folder with the hash of its bytes, but for git's own. */
export function filesBelow(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  const own = paths.filter((path) => !path.startsWith('.git/')).toSorted();
  const hashOf = (path: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, path)))
      .digest('hex');
  return Object.fromEntries(own.map((path) => [path, hashOf(path)]));
}

function makeRepository(seed: string, remote: string, files: Readonly<Record<string, string>>): void {
  const run = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], {
      cwd: seed,
      stdio: 'ignore',
    });
  writeFileSync(join(seed, 'list.txt'), 'a line\n');
  writeFileSync(join(seed, 'README.md'), '# A list\n');
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(seed, path)), { recursive: true });
    writeFileSync(join(seed, path), content);
  }
  run('init', '-q', '-b', 'main');
  run('add', '.');
  run('commit', '-q', '-m', 'Begin');
  run('clone', '-q', '--bare', seed, remote);
}

/** Processes with this word among their arguments; a zombie has none. */
function processesWith(word: string): readonly number[] {
  const lines = execFileSync('ps', ['-e', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(` ${word}`)).map((line) => Number.parseInt(line, 10));
}
