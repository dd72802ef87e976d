import type { WorkOrderId } from '../domain/ids.ts';
import type { SandboxType } from '../domain/work-order.ts';
import type { SandboxFolders } from './folders.ts';
import type { RemoteBase } from './remote.ts';

/** The ref of the base commit in every clean repository. */
export const BASE_REF = 'refs/awo/base';

interface BorrowingSandbox {
  readonly folders: SandboxFolders;
  readonly workOrderId: WorkOrderId;
  readonly repositoryUrl: string;
}

/** What differs between the types of sandbox: where the objects of the repository are. */
export interface SandboxKind {
  readonly type: SandboxType;
  /** Makes the clean repository with the base under `BASE_REF`, and returns the base commit. */
  prepare(input: {
    readonly folders: SandboxFolders;
    readonly workOrderId: WorkOrderId;
    readonly repositoryUrl: string;
    readonly base: RemoteBase;
    readonly signal: AbortSignal;
    readonly onProgress: (message: string) => void;
  }): Promise<string>;
  /** The same for a fork, with the base commit of its source; `from` are the folders of that one, which may be closed. */
  prepareFork(input: {
    readonly folders: SandboxFolders;
    readonly from: SandboxFolders;
    readonly workOrderId: WorkOrderId;
    readonly repositoryUrl: string;
    readonly baseCommit: string;
    readonly signal: AbortSignal;
  }): Promise<void>;
  /** Gives the fresh git folder of a working copy the history that an agent is to see. */
  supplyHistory(input: {
    readonly folders: SandboxFolders;
    readonly repositoryUrl: string;
    readonly gitDirectory: string;
  }): Promise<void>;
  /** The sandbox is closed and its working copy gone: nothing of it borrows any more. May be called again. */
  release(input: BorrowingSandbox): Promise<void>;
  /** Takes `release` back, for a working copy that is to be made again. Does nothing where it was not called. */
  regain(input: BorrowingSandbox & { readonly baseCommit: string }): Promise<void>;
  /** Folders that git reads when it reads the clean repository, besides this itself. */
  borrowedFrom(input: { readonly repositoryUrl: string }): readonly string[];
}
