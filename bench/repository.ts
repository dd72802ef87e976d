import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const COMMITS = 5_000;
export const FILES = 1_000;
const FIRST_SECOND = 1_700_000_000;
const WORDS = 'the step ends and is written before the next one begins so that a reader sees it at once'.split(' ');

/** Makes a bare repository with a long history of changes to many files; the same one every time. */
export function makeLongRepository(path: string): void {
  git(['init', '--quiet', '--bare', '--initial-branch=main', path]);
  const random = createRandom(7);
  const parts: string[] = [];
  const change = (file: number): void => {
    const lines = Array.from({ length: 20 + Math.floor(random() * 120) }, () => sentence(random));
    const text = `${lines.join('\n')}\n`;
    parts.push(`M 100644 inline ${pathOf(file)}\ndata ${text.length}\n${text}\n`);
  };
  for (let commit = 0; commit < COMMITS; commit += 1) {
    const message = `Change ${commit}: ${sentence(random)}`;
    parts.push(
      `commit refs/heads/main\ncommitter Bench <bench@localhost> ${FIRST_SECOND + commit} +0000\n`,
      `data ${message.length}\n${message}\n`,
    );
    if (commit === 0) for (let file = 0; file < FILES; file += 1) change(file);
    else for (let count = 1 + (commit % 3); count > 0; count -= 1) change(Math.floor(random() * FILES));
  }
  git(['-C', path, 'fast-import', '--quiet', '--done'], `${parts.join('')}done\n`);
}

/** One more commit on top of `main`, as a colleague would push it. */
export function addCommit(path: string, name: string): void {
  const at = FIRST_SECOND + COMMITS + Number(name.replaceAll(/\D/g, ''));
  const data = `${name}\n`;
  git(
    ['-C', path, 'fast-import', '--quiet', '--done'],
    `commit refs/heads/main\ncommitter Bench <bench@localhost> ${at} +0000\ndata ${name.length}\n${name}\n` +
      `from refs/heads/main^0\nM 100644 inline NEWS.md\ndata ${data.length}\n${data}\ndone\n`,
  );
}

/** Git with no configuration of this machine. */
export function git(args: readonly string[], input?: string): string {
  return execFileSync('git', args, {
    env: {
      PATH: process.env['PATH'],
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'gc.auto',
      GIT_CONFIG_VALUE_0: '0',
    },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(input === undefined ? {} : { input }),
  }).trimEnd();
}

/** What the product does to give an agent its files, by hand: nothing checked, nothing recorded, no second clone. */
export function bareGitSandbox(input: {
  readonly repository: string;
  readonly mirror: string;
  readonly into: string;
  readonly name: string;
  /** Whether the mirror must be refreshed, or has the commit already. */
  readonly fetch: boolean;
}): void {
  const { repository, mirror, into, name, fetch } = input;
  const ref = `refs/bench/${name}`;
  const listing = git(['ls-remote', '--symref', '--', repository, 'HEAD']);
  const commit = /^([0-9a-f]{40,64})\tHEAD$/m.exec(listing)?.[1];
  if (commit === undefined) throw new Error(`no HEAD in ${listing}`);
  const gitDirectory = `--git-dir=${join(into, '.git')}`;
  const mirrorDirectory = `--git-dir=${mirror}`;
  if (fetch) {
    git([
      mirrorDirectory,
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--',
      repository,
      `+refs/heads/main:${ref}`,
    ]);
  } else git([mirrorDirectory, 'update-ref', ref, commit]);
  git(['init', '--quiet', '--initial-branch=main', '--', into]);
  writeFileSync(join(into, '.git/objects/info/alternates'), `${join(mirror, 'objects')}\n`);
  git([gitDirectory, 'update-ref', 'refs/heads/main', commit]);
  git([gitDirectory, `--work-tree=${into}`, '-c', 'checkout.workers=4', 'read-tree', '-u', '--reset', commit]);
}

function pathOf(file: number): string {
  return `src/part-${file % 25}/file-${file}.txt`;
}

function sentence(random: () => number): string {
  return Array.from({ length: 8 }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' ');
}

/** A linear congruential generator: the same numbers on every machine. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
