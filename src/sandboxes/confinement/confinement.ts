import type { ConfinementReport } from '../../ports/sandbox.ts';

/** A command as it is really spawned, after the wrapping. */
interface WrappedCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** The descriptor on which the wrapper tells the pid of what it runs (bwrap's --info-fd), or null. */
  readonly infoFd: number | null;
}

/** Paths are absolute; what is absent is passed over. */
export interface AgentCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** What the command is started with: programs are found on its PATH, certificates in the files that it names. */
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  /** What is reached, as `host` or `host:port`, also where the network is an allow-list. */
  readonly hosts: readonly string[];
  /** Told where the command wanted to go and was not let. */
  readonly onNetworkRefused: (target: string) => void;
}

/** Disposed of when the command is dead: what was there for it alone goes with it. */
export interface ConfinedAgent extends AsyncDisposable {
  readonly command: WrappedCommand;
}

/** How programs are kept to their sandbox. */
export interface Confinement {
  readonly report: ConfinementReport;
  /** What the configuration shows to every agent; empty where nothing is hidden. Absolute paths. */
  readonly shown: readonly string[];
  /**
   * For an agent: the system and its own installation read-only, the named folders, nothing else of the machine, the
   * network as configured, and a pid namespace that dies with the service. Where there is no bubblewrap: the command
   * unchanged. Rejects when what the network needs cannot be made.
   */
  agent(command: AgentCommand): Promise<ConfinedAgent>;
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
