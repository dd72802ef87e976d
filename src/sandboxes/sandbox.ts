import { lstat, mkdir, realpath, rename } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { isDiskFull } from '../domain/disk-full.ts';
import { hasCode, WorkOrderError } from '../domain/errors.ts';
import type { Sandbox, SandboxNote } from '../ports/sandbox.ts';
import type { Log } from '../ports/telemetry.ts';
import type { GitCommand } from '../process/git.ts';
import { git, gitLine } from '../process/git.ts';
import type { ChangeLimits } from './change-limits.ts';
import { changedPaths, changes, commitOnBase, hasCommit, holdsAllOf, readFileOf, withFile } from './collected.ts';
import { takeCheckpoint } from './checkpoint.ts';
import type { Confinement } from './confinement/confinement.ts';
import type { SandboxFolders, SandboxRecord } from './folders.ts';
import { isFolder, removeFolder, removeLeftovers, writeRecord } from './folders.ts';
import { linkIntoHome } from './home-links.ts';
import { refuseForeignRefs } from './own-refs.ts';
import type { ProcessRunner } from './run-confined.ts';
import { runConfined } from './run-confined.ts';
import type { SandboxKind } from './sandbox-kind.ts';
import { makeWorkTree, shareIndex } from './work-tree.ts';

type CheckpointRequest = Parameters<Sandbox['checkpoint']>[0];

export interface SandboxParts {
  readonly kind: SandboxKind;
  readonly folders: SandboxFolders;
  readonly confinement: Confinement;
  readonly processes: ProcessRunner;
  readonly log: Log;
  readonly limits: ChangeLimits;
}

/** Ends what an earlier process has left running in the sandbox. Rejects with `processes_survived`. */
export async function reap(processes: ProcessRunner, folders: SandboxFolders): Promise<void> {
  const { survivors } = await processes.reapRecorded({ recordsDirectory: folders.processes });
  if (survivors.length === 0) return;
  throw new WorkOrderError('processes_survived', `Still running in ${folders.tree}: ${survivors.join(', ')}.`);
}

/** Puts back what a crash in the middle of `restore` has left: one whole working copy, the old one or the new one. */
export async function recoverTree(folders: SandboxFolders): Promise<void> {
  if (!(await isFolder(folders.tree))) {
    // The old one is moved away only when the new one is whole.
    if (await isFolder(folders.replaced)) {
      await rename((await isFolder(folders.restored)) ? folders.restored : folders.replaced, folders.tree);
    }
  }
  await removeFolder(folders.restored);
  await removeFolder(folders.replaced);
  await removeLeftovers(folders.root);
}

export function createSandbox(parts: SandboxParts, firstRecord: SandboxRecord): Sandbox {
  const { kind, folders, confinement, processes, log, limits } = parts;
  const { base_commit: baseCommit, repository_url: repositoryUrl, work_order_id: workOrderId } = firstRecord;
  const { collected } = folders;
  const borrowedFrom = kind.borrowedFrom({ repositoryUrl });
  let record = firstRecord;
  /** Of the agent whose attempt it is: it sees neither the sessions nor the login of another one. */
  let stateDirectory: string | null = null;
  const told = new Set<string>();

  function checkpoint(name: string, how: Pick<CheckpointRequest, 'signal' | 'onNote'> = {}): Promise<string> {
    const onNote = (note: SandboxNote) => {
      if (!how.onNote || told.has(note.message)) return;
      told.add(note.message);
      how.onNote(note);
    };
    return takeCheckpoint({ folders, borrowedFrom, confinement, baseCommit, name, limits, signal: how.signal, onNote });
  }

  async function restore(commit: string): Promise<void> {
    if (!(await hasCommit(collected, commit))) {
      throw new WorkOrderError('sandbox_failed', `There is no checkpoint ${commit} of ${workOrderId}.`);
    }
    await recoverTree(folders);
    await kind.regain({ folders, workOrderId, repositoryUrl, baseCommit });
    const make = () =>
      makeWorkTree({
        into: folders.restored,
        branch: record.branch,
        baseCommit,
        content: commit,
        collected,
        supplyHistory: (gitDirectory) => kind.supplyHistory({ folders, repositoryUrl, gitDirectory }),
      });
    try {
      await make();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      // What stands in its place is given up in any case, and may be what fills the disk.
      await removeFolder(folders.restored);
      await removeFolder(folders.tree);
      await make();
    }
    if (await isFolder(folders.tree)) await rename(folders.tree, folders.replaced);
    else await removeFolder(folders.tree);
    await rename(folders.restored, folders.tree);
    await shareIndex(folders);
    await removeFolder(folders.replaced);
  }

  return {
    identifier: `sandbox-${workOrderId}`,
    baseBranch: record.base_branch,
    baseCommit,
    directory: folders.tree,
    confined: confinement.report.kind === 'bubblewrap',
    collectedRepository: collected,

    async attemptFolders({ agent }) {
      for (const folder of [folders.home, folders.temporary]) {
        await removeFolder(folder);
        await mkdir(folder, { mode: 0o700 });
      }
      await linkIntoHome({ home: folders.home, paths: confinement.shown });
      stateDirectory = join(folders.agents, agent);
      await mkdir(stateDirectory, { mode: 0o700, recursive: true });
      return { homeDirectory: folders.home, temporaryDirectory: folders.temporary, stateDirectory };
    },

    runProcess: (spec) => runConfined(parts, { spec, workOrderId, borrowedFrom, stateDirectory }),

    async checkpoint({ name, ...how }) {
      const started = performance.now();
      const commit = await checkpoint(name, how);
      const duration_ms = Math.round(performance.now() - started);
      log.debug('checkpoint_taken', { agent_work_order_id: workOrderId, checkpoint: name, commit, duration_ms });
      return commit;
    },

    restore: ({ checkpoint: commit }) => restore(commit),
    withFile: (input) => withFile({ ...input, collected, baseCommit }),
    changedPaths: ({ from, to }) => changedPaths({ collected, from, to }),
    changes: ({ from, to }) => changes({ collected, from, to }),
    readFile: ({ checkpoint: commit, path, maxBytes }) => readFileOf({ collected, commit, path, maxBytes }),
    holds: ({ path }) => holds(folders.tree, path),
    knowsCommit: ({ commit }) => knowsCommit({ confinement, folders, borrowedFrom, commit }),

    async switchBranch({ branch }) {
      record = { ...record, branch };
      await writeRecord(folders, record);
      try {
        await switchHead({ confinement, folders, borrowedFrom, branch });
      } catch (error) {
        if (!(error instanceof WorkOrderError) || hasCode(error, 'sandbox_failed')) throw error;
        // The agent has left no repository that can be used: a clean one around the same files.
        log.warn('working_copy_rebuilt', { agent_work_order_id: workOrderId, err: error });
        await restore(await checkpoint('switch-branch'));
      }
    },

    async commit({ checkpoint: commit, branch, message, at, identity }) {
      return commitOnBase({ collected, baseCommit, checkpoint: commit, branch, message, at, identity });
    },

    async close({ savedAs }) {
      await reap(processes, folders);
      const keptAt = (await isFolder(folders.tree)) && (await holdsUnsaved(savedAs)) ? folders.tree : null;
      await removeFolder(folders.home);
      await removeFolder(folders.temporary);
      await removeFolder(folders.agents);
      await removeFolder(folders.restored);
      await removeFolder(folders.replaced);
      await removeFolder(folders.processes);
      if (keptAt === null) await removeFolder(folders.tree);
      await removeFolder(folders.snapshot);
      if (keptAt === null) await kind.release({ folders, workOrderId, repositoryUrl });
      return { keptAt };
    },
  };

  /** True also when it cannot be told: then nothing is thrown away. */
  async function holdsUnsaved(savedAs: string | null): Promise<boolean> {
    try {
      const now = await checkpoint('close');
      if (savedAs === null) return (await changedPaths({ collected, from: baseCommit, to: now })).length > 0;
      return !(await holdsAllOf({ collected, whole: savedAs, inside: now }));
    } catch (error) {
      log.warn('working_copy_unreadable', { agent_work_order_id: workOrderId, err: error });
      return true;
    }
  }
}

interface OwnRepository {
  readonly confinement: Confinement;
  readonly folders: SandboxFolders;
  readonly borrowedFrom: readonly string[];
}

/** Commands in the agent's own repository, so inside the confinement. Rejects when there is none. */
async function inOwnRepository(input: OwnRepository): Promise<(args: readonly string[]) => GitCommand> {
  const { confinement, folders, borrowedFrom } = input;
  const gitDirectory = join(folders.tree, '.git');
  if (!(await isFolder(gitDirectory))) throw new WorkOrderError('git_failed', 'The working copy has no .git folder.');
  return (args) => ({
    args,
    gitDirectory,
    wrap: (command) =>
      confinement.collect({ ...command, directory: folders.tree, readable: borrowedFrom, writable: [folders.tree] }),
  });
}

/** Moves HEAD in the agent's own repository. Rejects when that repository is no good. */
async function switchHead(input: OwnRepository & { readonly branch: string }): Promise<void> {
  const { folders, branch } = input;
  const inside = await inOwnRepository(input);
  await refuseForeignRefs(join(folders.tree, '.git'), branch);
  const head = await gitLine(inside(['rev-parse', '--verify', '--quiet', '--end-of-options', 'HEAD^{commit}']));
  await git(inside(['update-ref', '--no-deref', `refs/heads/${branch}`, head]));
  await git(inside(['symbolic-ref', 'HEAD', `refs/heads/${branch}`]));
}

/** `Sandbox.knowsCommit`. */
async function knowsCommit(input: OwnRepository & { readonly commit: string }): Promise<boolean> {
  const inside = await inOwnRepository(input);
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${input.commit}^{commit}`];
  return (await git({ ...inside(args), acceptedExitCodes: [0, 1] })).exitCode === 0;
}

/** `Sandbox.holds`: a look at the name alone, and no way out of the working copy by a link on the way to it. */
async function holds(tree: string, path: string): Promise<boolean> {
  try {
    const file = join(tree, path);
    const [root, folder] = await Promise.all([realpath(tree), realpath(dirname(file))]);
    if (folder !== root && !folder.startsWith(root + sep)) return false;
    await lstat(file);
    return true;
  } catch {
    return false;
  }
}
