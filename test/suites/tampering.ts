import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { appendFile, chmod, mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gitAs, serveStatus, writeFiles } from './git-fixtures.ts';

/** What an agent can reach for while it prepares its working copy. */
export interface TamperPlace {
  readonly tree: string;
  /** A file that a program of the agent's would make, if anything ran it. */
  readonly mark: string;
  /** A clone that has nothing to do with the work order; its branch `topic` has a commit of its own. */
  readonly elsewhere: string;
  /** A folder of its own for parts of the trick. */
  readonly scratch: string;
  readonly remote: string;
}

export interface Tampering {
  readonly name: string;
  /** What comes of it with a naive git; `nothing` with the reason why it is tried all the same. */
  readonly naive: 'runs a program' | 'writes elsewhere' | 'takes in a secret' | 'hides a change' | { nothing: string };
  /** Commands of the naive service besides add, commit, status, diff and push. */
  readonly also?: (place: TamperPlace) => readonly (readonly string[])[];
  /** Where the naive service pushes to, instead of to the remote. */
  readonly pushTo?: string;
  /** Needs a submodule `sub` in the base. */
  readonly submodule?: true;
  readonly tamper: (place: TamperPlace) => Promise<void>;
}

export const SECRET = 'a secret of somebody else';

const program = (mark: string) => `sh -c 'touch "${mark}"; cat'`;
const config = (folder: string, key: string, value: string) => gitAs(folder, 'config', key, value);

async function hook(tree: string, folder: string, name: string, mark: string): Promise<void> {
  await writeFiles(tree, { [`${folder}/${name}`]: `#!/bin/sh\ntouch '${mark}'\n` });
  await chmod(join(tree, folder, name), 0o755);
}

async function filtered(tree: string, key: string, mark: string): Promise<void> {
  config(tree, key, program(mark));
  await writeFiles(tree, { '.gitattributes': '* filter=evil diff=evil\n' });
}

/** A repository inside the working copy whose own configuration runs a program as soon as git looks for changes. */
async function evilRepository(folder: string, mark: string): Promise<void> {
  await writeFiles(folder, { 'a.txt': 'a', '.gitattributes': '*.txt filter=evil\n' });
  gitAs(folder, 'init', '-q');
  gitAs(folder, 'add', '-A');
  gitAs(folder, 'commit', '-qm', 'Inside');
  config(folder, 'filter.evil.clean', program(mark));
  config(folder, 'core.fsmonitor', `touch "${mark}"; false`);
  await writeFile(join(folder, 'a.txt'), 'changed');
}

/** Ways to make git do what the agent could not do itself, each by a working copy that somebody else's git works in. */
export const TAMPERINGS: readonly Tampering[] = [
  ...['pre-commit', 'pre-push', 'post-index-change', 'reference-transaction'].map((name): Tampering => ({
    name: `the hook ${name}`,
    naive: 'runs a program',
    tamper: ({ tree, mark }) => hook(tree, '.git/hooks', name, mark),
  })),
  {
    name: 'core.hooksPath into the working copy',
    naive: 'runs a program',
    tamper: async ({ tree, mark }) => {
      await hook(tree, 'tools', 'post-commit', mark);
      config(tree, 'core.hooksPath', 'tools');
    },
  },
  {
    name: 'core.fsmonitor',
    naive: 'runs a program',
    tamper: async ({ tree, mark }) => void config(tree, 'core.fsmonitor', `touch "${mark}"; false`),
  },
  {
    name: 'a clean filter',
    naive: 'runs a program',
    tamper: ({ tree, mark }) => filtered(tree, 'filter.evil.clean', mark),
  },
  {
    name: 'a process filter',
    naive: 'runs a program',
    tamper: ({ tree, mark }) => filtered(tree, 'filter.evil.process', mark),
  },
  {
    name: 'a smudge filter',
    naive: 'runs a program',
    also: () => [['checkout', 'HEAD~1', '--', '.']],
    tamper: ({ tree, mark }) => filtered(tree, 'filter.evil.smudge', mark),
  },
  {
    name: 'a filter in a file that includeIf brings in',
    naive: 'runs a program',
    tamper: async ({ tree, mark }) => {
      await filtered(tree, 'filter.evil.clean', mark);
      await rename(join(tree, '.git/config'), join(tree, 'more.config'));
      await writeFile(
        join(tree, '.git/config'),
        '[core]\n\trepositoryformatversion = 0\n[includeIf "gitdir:/"]\n\tpath = ../more.config\n',
      );
    },
  },
  {
    name: 'core.attributesFile outside of the repository',
    naive: 'runs a program',
    tamper: async ({ tree, mark, scratch }) => {
      await writeFile(join(scratch, 'attributes'), '* filter=evil\n');
      config(tree, 'core.attributesFile', join(scratch, 'attributes'));
      config(tree, 'filter.evil.clean', program(mark));
    },
  },
  {
    name: 'attributes in .git/info',
    naive: 'runs a program',
    tamper: async ({ tree, mark }) => {
      await writeFiles(tree, { '.git/info/attributes': '* filter=evil\n' });
      config(tree, 'filter.evil.clean', program(mark));
    },
  },
  {
    name: 'a textconv',
    naive: 'runs a program',
    tamper: ({ tree, mark }) => filtered(tree, 'diff.evil.textconv', mark),
  },
  {
    name: 'a diff command of one driver',
    naive: 'runs a program',
    tamper: ({ tree, mark }) => filtered(tree, 'diff.evil.command', mark),
  },
  {
    name: 'diff.external',
    naive: 'runs a program',
    tamper: async ({ tree, mark }) => void config(tree, 'diff.external', program(mark)),
  },
  {
    name: 'gpg.program',
    naive: 'runs a program',
    tamper: async ({ tree, mark, scratch }) => {
      await hook(scratch, '.', 'sign', mark);
      config(tree, 'gpg.program', join(scratch, 'sign'));
      config(tree, 'commit.gpgSign', 'true');
    },
  },
  {
    name: 'core.sshCommand',
    naive: 'runs a program',
    pushTo: 'ssh://nowhere.invalid/x',
    tamper: async ({ tree, mark }) => void config(tree, 'core.sshCommand', `touch "${mark}"; false`),
  },
  {
    name: 'core.gitProxy',
    naive: 'runs a program',
    pushTo: 'git://nowhere.invalid/x',
    tamper: async ({ tree, mark, scratch }) => {
      await hook(scratch, '.', 'proxy', mark);
      config(tree, 'core.gitProxy', join(scratch, 'proxy'));
    },
  },
  {
    name: 'a credential helper',
    naive: 'runs a program',
    pushTo: 'a server that wants a password',
    tamper: async ({ tree, mark }) => void config(tree, 'credential.helper', `!touch "${mark}"; false`),
  },
  {
    name: 'core.askPass',
    naive: 'runs a program',
    pushTo: 'a server that wants a password',
    tamper: async ({ tree, mark, scratch }) => {
      await hook(scratch, '.', 'ask', mark);
      config(tree, 'core.askPass', join(scratch, 'ask'));
    },
  },
  {
    name: 'url.insteadOf with a transport that is a program',
    naive: 'runs a program',
    tamper: async ({ tree, mark }) => {
      config(tree, 'protocol.ext.allow', 'always');
      config(tree, `url.ext::touch ${mark} .insteadOf`, '/');
    },
  },
  {
    name: 'a receive-pack of its own for a remote',
    naive: 'runs a program',
    pushTo: 'origin',
    tamper: async ({ tree, mark, elsewhere }) => {
      config(tree, 'remote.origin.url', elsewhere);
      config(tree, 'remote.origin.receivepack', `touch "${mark}"; false`);
    },
  },
  {
    name: 'core.alternateRefsCommand',
    naive: 'runs a program',
    also: ({ elsewhere }) => [['fetch', '-q', elsewhere, 'topic']],
    tamper: async ({ tree, mark }) => void config(tree, 'core.alternateRefsCommand', `touch "${mark}"; true`),
  },
  {
    name: 'a missing commit, to be fetched by an upload-pack of its own',
    naive: 'runs a program',
    tamper: async ({ tree, mark, elsewhere }) => {
      for (const [key, value] of [
        ['core.repositoryFormatVersion', '1'],
        ['extensions.partialClone', 'origin'],
        ['remote.origin.promisor', 'true'],
        ['remote.origin.url', elsewhere],
        ['remote.origin.uploadpack', `touch "${mark}"; false`],
      ] as const) {
        config(tree, key, value);
      }
      await writeFile(join(tree, '.git/refs/heads/main'), `${'a'.repeat(40)}\n`);
    },
  },
  {
    name: 'uploadpack.packObjectsHook',
    naive: { nothing: 'git reads it from the configuration of the user alone, and must go on to' },
    tamper: async ({ tree, mark }) => void config(tree, 'uploadpack.packObjectsHook', program(mark)),
  },
  {
    name: 'a repository inside with a filter and a monitor',
    naive: 'runs a program',
    tamper: ({ tree, mark }) => evilRepository(join(tree, 'inner'), mark),
  },
  {
    name: 'a submodule with a filter and a monitor',
    naive: 'runs a program',
    submodule: true,
    // At the very commit of the base: only then does git look for changes inside.
    tamper: async ({ tree, mark, elsewhere }) => {
      const commit = gitAs(tree, 'rev-parse', 'HEAD:sub');
      gitAs(tree, 'clone', '-q', '--no-checkout', elsewhere, 'sub');
      gitAs(join(tree, 'sub'), 'checkout', '-q', commit);
      await writeFiles(tree, { 'sub/.git/info/attributes': '* filter=evil\n', 'sub/README.md': 'changed' });
      config(join(tree, 'sub'), 'filter.evil.clean', program(mark));
    },
  },
  {
    name: 'a submodule that a .git file leads to',
    naive: 'runs a program',
    submodule: true,
    tamper: async ({ tree, mark, scratch }) => {
      await evilRepository(join(scratch, 'inner'), mark);
      config(join(scratch, 'inner'), 'core.worktree', join(tree, 'sub'));
      await writeFiles(tree, { 'sub/.git': `gitdir: ${scratch}/inner/.git\n`, 'sub/a.txt': 'changed too' });
    },
  },
  {
    name: 'url.insteadOf to another repository',
    naive: 'writes elsewhere',
    tamper: async ({ tree, elsewhere, remote }) => void config(tree, `url.${elsewhere}/.git.insteadOf`, remote),
  },
  {
    name: '.git as a file that leads elsewhere',
    naive: 'writes elsewhere',
    tamper: async ({ tree, elsewhere }) => {
      await rm(join(tree, '.git'), { recursive: true });
      await writeFile(join(tree, '.git'), `gitdir: ${elsewhere}/.git\n`);
    },
  },
  {
    name: '.git as a link to elsewhere',
    naive: 'writes elsewhere',
    tamper: async ({ tree, elsewhere }) => {
      await rm(join(tree, '.git'), { recursive: true });
      await symlink(join(elsewhere, '.git'), join(tree, '.git'));
    },
  },
  {
    name: 'refs that are a link to elsewhere',
    naive: 'writes elsewhere',
    tamper: async ({ tree, elsewhere }) => {
      await rm(join(tree, '.git/refs'), { recursive: true });
      await symlink(join(elsewhere, '.git/refs'), join(tree, '.git/refs'));
    },
  },
  {
    name: 'a commondir elsewhere',
    naive: 'writes elsewhere',
    tamper: ({ tree, elsewhere }) => writeFile(join(tree, '.git/commondir'), `${elsewhere}/.git\n`),
  },
  {
    name: 'a log of refs that is a link to a file elsewhere',
    naive: 'writes elsewhere',
    tamper: async ({ tree, elsewhere }) => {
      await rm(join(tree, '.git/logs'), { recursive: true, force: true });
      await mkdir(join(tree, '.git/logs/refs/heads'), { recursive: true });
      for (const branch of ['main', 'feat-wo-one-x']) {
        await symlink(join(elsewhere, '.git/refs/heads/topic'), join(tree, '.git/logs/refs/heads', branch));
      }
    },
  },
  {
    name: 'core.worktree elsewhere',
    naive: 'takes in a secret',
    tamper: async ({ tree, scratch }) => {
      await writeFile(join(scratch, 'secret.txt'), SECRET);
      config(tree, 'core.worktree', scratch);
    },
  },
  {
    name: 'an index entry for an object of another repository, by alternates',
    naive: 'takes in a secret',
    tamper: async ({ tree, elsewhere }) => {
      await writeFile(join(elsewhere, 'secret.txt'), SECRET);
      const blob = gitAs(elsewhere, 'hash-object', '-w', 'secret.txt');
      await appendFile(join(tree, '.git/objects/info/alternates'), `${elsewhere}/.git/objects\n`);
      gitAs(tree, 'update-index', '--add', '--cacheinfo', `100644,${blob},secret.txt`);
      gitAs(tree, 'update-index', '--skip-worktree', 'secret.txt');
    },
  },
  ...['--assume-unchanged', '--skip-worktree'].map((flag): Tampering => ({
    name: `an index entry marked ${flag}`,
    naive: 'hides a change',
    tamper: async ({ tree }) => void gitAs(tree, 'update-index', flag, 'README.md'),
  })),
  {
    name: 'an index that is no index',
    naive: 'hides a change',
    tamper: ({ tree }) => writeFile(join(tree, '.git/index'), 'garbage'),
  },
  {
    name: 'an exclude file of everything',
    naive: 'hides a change',
    tamper: async ({ tree }) => {
      await writeFiles(tree, { '.git/info/exclude': '*\n' });
      gitAs(tree, 'rm', '-q', '--cached', 'README.md');
    },
  },
  {
    name: 'a replaced commit and a graft',
    naive: { nothing: 'what they change is how history is shown, and this git is told not to look' },
    tamper: async ({ tree }) => {
      const base = gitAs(tree, 'rev-parse', 'HEAD');
      const orphan = gitAs(tree, 'commit-tree', '-m', 'Another past', 'HEAD^{tree}');
      gitAs(tree, 'update-ref', `refs/replace/${base}`, orphan);
      await writeFiles(tree, { '.git/info/grafts': `${base} ${orphan}\n` });
    },
  },
  {
    name: 'objects that are corrupt',
    naive: 'hides a change',
    tamper: async ({ tree }) => {
      gitAs(tree, 'add', 'README.md');
      for (const folder of (await readdir(join(tree, '.git/objects'))).filter((name) => name.length === 2)) {
        for (const name of await readdir(join(tree, '.git/objects', folder))) {
          await chmod(join(tree, '.git/objects', folder, name), 0o644);
          await writeFile(join(tree, '.git/objects', folder, name), 'garbage');
        }
      }
      await rm(join(tree, '.git/objects/info/alternates'), { force: true });
    },
  },
];

/** What a service would do that trusts the working copy. Whatever fails is part of the trick. */
export async function workNaively(tree: string, { also, pushTo }: Tampering, place: TamperPlace): Promise<void> {
  await using locked = await serveStatus(401);
  const target = pushTo === 'a server that wants a password' ? locked.url : (pushTo ?? place.remote);
  const commands = [
    ['add', '-A'],
    ['commit', '-qm', 'naive'],
    ['status'],
    ['diff', 'HEAD~1'],
    ...(also?.(place) ?? []),
  ];
  for (const args of commands) spawnSync('git', args, { cwd: tree, env: ORDINARY, timeout: 20_000 });
  const push = ['push', '-q', target, 'HEAD:refs/heads/naive'];
  // Without blocking this thread: the server above answers in it.
  await new Promise<void>((resolve) => {
    execFile('git', push, { cwd: tree, env: ORDINARY, timeout: 20_000 }, () => resolve());
  });
}

const ORDINARY = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Naive',
  GIT_AUTHOR_EMAIL: 'naive@example.org',
  GIT_COMMITTER_NAME: 'Naive',
  GIT_COMMITTER_EMAIL: 'naive@example.org',
};

export function copyOf(folder: string, into: string): string {
  execFileSync('cp', ['-a', folder, into]);
  return into;
}
