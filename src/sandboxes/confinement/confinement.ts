import type { ConfinementReport } from '../../ports/sandbox.ts';

/** A command as it is really spawned, after the wrapping. */
interface WrappedCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** The descriptor on which the wrapper tells the pid of what it runs (bwrap's --info-fd), or null. */
  readonly infoFd: number | null;
}

/** How programs are kept to their sandbox. */
export interface Confinement {
  readonly report: ConfinementReport;
  /** For an agent: a pid namespace of its own that dies with the service; the rest of the machine as it is. */
  agent(input: { readonly file: string; readonly args: readonly string[]; readonly directory: string }): WrappedCommand;
  /**
   * For git of the service's own on files that an agent could touch: no network, no home, the system read-only, only
   * the named folders visible. Where there is no bubblewrap: the command unchanged.
   */
  collect(input: {
    readonly file: string;
    readonly args: readonly string[];
    readonly directory: string;
    readonly readable: readonly string[];
    readonly writable: readonly string[];
  }): WrappedCommand;
}
