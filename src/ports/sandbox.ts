import type { WorkOrderId } from '../domain/ids.ts';
import type { NetworkMode } from '../domain/network.ts';
import type { Changes } from '../domain/step.ts';
import type { SandboxType } from '../domain/work-order.ts';
import type { RunProcess } from './process.ts';

/** Makes and finds the working copies of one sandbox type. */
export interface SandboxProvider {
  readonly type: SandboxType;
  /**
   * Makes the sandbox of a work order at the tip of the base branch (of the default branch when null). May be called
   * again after a crash: what was half made is thrown away first. Rejects with `repository_unreachable`,
   * `forge_unavailable`, `repository_empty`, `base_branch_not_found`, `forge_auth_required`, `disk_full` or
   * `sandbox_failed`.
   */
  create(input: {
    readonly workOrderId: WorkOrderId;
    readonly repositoryUrl: string;
    readonly baseBranch: string | null;
    readonly signal: AbortSignal;
    /** One line for a person about what is being done now. */
    readonly onProgress: (message: string) => void;
  }): Promise<Sandbox>;
  /**
   * Makes the sandbox of a fork: its working copy is that of the checkpoint `content` of another work order, byte for
   * byte. It has the checkpoints of its own then, so that the other one may go; that one is left alone, also while it runs.
   * May be called again after a crash, as `create`. Rejects as `create` does, and with `sandbox_failed` where the other
   * one's clean repository is gone.
   */
  fork(
    input: SandboxOrigin & {
      readonly workOrderId: WorkOrderId;
      readonly repositoryUrl: string;
      readonly signal: AbortSignal;
      readonly onProgress: (message: string) => void;
    },
  ): Promise<Sandbox>;
  /**
   * Opens a sandbox that `create` has made, in this process or an earlier one; first makes sure that no process of an
   * earlier one is alive (rejects with `processes_survived`). Rejects with `sandbox_failed` when it is not there.
   */
  open(input: {
    readonly workOrderId: WorkOrderId;
    readonly repositoryUrl: string;
    readonly baseBranch: string;
    readonly baseCommit: string;
  }): Promise<Sandbox>;
}

/** Where a fork comes from. */
export interface SandboxOrigin {
  readonly from: WorkOrderId;
  readonly baseBranch: string;
  readonly baseCommit: string;
  /** What is taken over, with the name that each has in the fork. */
  readonly checkpoints: readonly { readonly name: string; readonly commit: string }[];
  /** The one of them whose files the working copy holds. */
  readonly content: string;
}

/** Who a commit is by, as git writes it, and how that is shown. */
export interface CommitIdentity {
  readonly name: string;
  readonly email: string;
  /** A private SSH key without a passphrase, by which the commit is signed; not signed when absent or null. */
  readonly signingKeyFile?: string | null;
}

/** The working copy of one work order, and the clean repository of the service's own beside it. */
export interface Sandbox {
  /** What `sandbox_identifier` shows; stable over restarts. */
  readonly identifier: string;
  readonly baseBranch: string;
  readonly baseCommit: string;
  /** The working copy as a program inside sees it. */
  readonly directory: string;
  /** True where programs are shut in, so that one with a sandbox of its own has to do without it: it could not be made. */
  readonly confined: boolean;
  /** Home and temporary folder of an attempt, emptied first, and the folder that an agent keeps until the sandbox ends. */
  attemptFolders(input: { readonly agent: string }): Promise<{
    readonly homeDirectory: string;
    readonly temporaryDirectory: string;
    readonly stateDirectory: string;
  }>;
  /** For `AgentRun.runProcess`: pid and start time are on disk before the program begins to work. */
  readonly runProcess: RunProcess;
  /**
   * Keeps the working copy as it is now, untracked files included (ignored ones not), as a commit in the clean
   * repository; the agent's own index, branch and configuration are neither used nor touched. Returns the commit id.
   * Rejects with `change_too_large` before anything is written when the change is beyond the limits.
   */
  checkpoint(input: {
    readonly name: string;
    readonly signal?: AbortSignal;
    /** Called once for each thing that a person should know, for as long as the sandbox is open. Must not throw. */
    readonly onNote?: (note: SandboxNote) => void;
  }): Promise<string>;
  /** Makes the working copy equal to a checkpoint again, rebuilding `.git` too. Ignored files go. */
  restore(input: { readonly checkpoint: string }): Promise<void>;
  /**
   * A new checkpoint: an earlier one with the content of one file replaced. The working copy is left alone. Rejects with
   * `git_failed` where the path leads through a file or a link.
   */
  withFile(input: {
    readonly checkpoint: string;
    readonly path: string;
    readonly content: string;
    readonly name: string;
  }): Promise<string>;
  /** What differs between two commits of the clean repository: paths, in git's order. */
  changedPaths(input: { readonly from: string; readonly to: string }): Promise<readonly string[]>;
  changes(input: { readonly from: string; readonly to: string }): Promise<Changes>;
  /** A text file out of a checkpoint, or null when it is absent, not a plain file, or larger than `maxBytes`. */
  readFile(input: {
    readonly checkpoint: string;
    readonly path: string;
    readonly maxBytes: number;
  }): Promise<string | null>;
  /** Whether something lies at a path of the working copy now, ignored or not; false for one that leads out of it. */
  holds(input: { readonly path: string }): Promise<boolean>;
  /**
   * Whether the agent's own repository has a commit with this name, or with this beginning of a name. Rejects where there
   * is no repository to ask.
   */
  knowsCommit(input: { readonly commit: string }): Promise<boolean>;
  /** Puts the working copy's HEAD on a new branch at its current commit, so that the agent sees where it is. */
  switchBranch(input: { readonly branch: string }): Promise<void>;
  /** One commit on top of the base with the tree of a checkpoint, in the clean repository. Same input, same commit. */
  commit(input: {
    readonly checkpoint: string;
    readonly branch: string;
    readonly message: string;
    readonly at: string;
    /** Author and committer; the service's own name where it is absent. */
    readonly identity?: CommitIdentity;
  }): Promise<string>;
  /** The path of the clean bare repository: what a forge pushes from. */
  readonly collectedRepository: string;
  /**
   * Ends what is left of the sandbox. The working copy is removed when `savedAs` is null and it equals the base, or
   * when it holds nothing that the commit `savedAs` does not; otherwise it stays, and the path is returned. The clean
   * repository stays in any case.
   */
  close(input: { readonly savedAs: string | null }): Promise<{ readonly keptAt: string | null }>;
}

/** What lies on the disk for work orders, whether they run or have ended. */
export interface SandboxLeftovers {
  /** The work orders that have a folder with their own record in it. */
  list(): Promise<readonly WorkOrderId[]>;
  /** What it takes, in bytes on the disk, and whether its working copy is there. */
  look(input: {
    readonly workOrderId: WorkOrderId;
  }): Promise<{ readonly bytes: number; readonly hasWorkingCopy: boolean }>;
  /** Removes working copy, collected changes and checkpoints. */
  remove(input: { readonly workOrderId: WorkOrderId }): Promise<void>;
}

/** What a checkpoint has left out or taken in another way than it lies there, and why. */
export interface SandboxNote {
  readonly code: string;
  readonly message: string;
}

/** Reads what was collected, also after the sandbox is gone and without a service. */
export interface CollectedChanges {
  /** A unified diff of at most `maxBytes`, or null when nothing was collected yet. */
  diff(input: {
    readonly workOrderId: WorkOrderId;
    readonly from: string;
    readonly to: string;
    readonly maxBytes: number;
    /** Leaves out what differs in white space alone. */
    readonly ignoreWhiteSpace?: boolean;
  }): Promise<{ readonly text: string; readonly truncated: boolean } | null>;
}

/** What confines agents and the collecting of changes on this machine, found out by running it. */
export interface ConfinementReport {
  readonly kind: 'bubblewrap' | 'none';
  readonly version: string | null;
  /** Why it is none, what that means and what to do; null for bubblewrap. */
  readonly problem: string | null;
  readonly network: NetworkMode;
}
