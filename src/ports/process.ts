/** One line that a process wrote, of bounded length. */
export interface OutputLine {
  readonly stream: 'stdout' | 'stderr';
  /** Without its line end, decoded as UTF-8; invalid bytes become U+FFFD. */
  readonly text: string;
  /** How many bytes the line really had. */
  readonly bytes: number;
  /** True when the line was longer than `maxLineBytes`, so that `text` is only its beginning. */
  readonly cut: boolean;
}

/** How long a process may take; null for no limit. A line on either stream is activity. */
export interface TimeLimits {
  readonly firstActivityMs: number | null;
  readonly idleMs: number | null;
  readonly totalMs: number | null;
}

/** The standard input of a process that is spoken with. Writing to one that has been closed does nothing. */
export interface ProcessInput {
  write(text: string): void;
  end(): void;
}

export type LineAnswer = void | 'finish' | 'quiet';

/** What a program may reach beyond the system and its sandbox, where it is confined. */
interface ProcessNeeds {
  /** Files and folders by absolute path, shown read-only: parts of the program elsewhere, a file of certificates. */
  readonly readable: readonly string[];
  /** Where its model is, as `host` or `host:port`: what it reaches also where the network is an allow-list. */
  readonly hosts: readonly string[];
}

export interface ProcessSpec {
  /** A program by absolute path or by its name on `env.PATH`; never a shell line. */
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * A text is written to the standard input, which is then closed; null closes it at once. A function is given the
   * open input when the program begins.
   */
  readonly stdin: string | null | ((input: ProcessInput) => void);
  /** Nothing where it is absent. */
  readonly needs?: ProcessNeeds;
  readonly limits: TimeLimits;
  /** Aborting it ends the whole process tree. */
  readonly signal: AbortSignal;
  /**
   * The program's own way to be interrupted, called once when it is to end by `signal` or by a limit. It then has a
   * second to end or to give its result before the tree is asked by a signal of the system, and then killed.
   */
  readonly interrupt?: () => void;
  /** Told each time that a confined program is kept from the network: where it wanted to go. Must not throw. */
  readonly onNetworkRefused?: (target: string) => void;
  /**
   * Called for each line in the order of each stream. While the promise it returns is open no further output is
   * read (the process is held back by its pipe), so memory is bounded. Returning `'finish'` says that the program has
   * given its result: it gets a short grace to end by itself, then the tree is ended, and the end's reason is `finished`.
   * Returning `'quiet'` says that the line is no activity: the time limits run on.
   */
  readonly onLine: (line: OutputLine) => LineAnswer | Promise<LineAnswer>;
}

export type ProcessEndReason =
  | 'exited'
  | 'finished'
  | 'aborted'
  | 'no_first_activity'
  | 'idle'
  | 'total'
  | 'not_started';

export interface ProcessEnd {
  /** Why it ended: by itself, after its result, on request, by one of our limits, or it never started. */
  readonly reason: ProcessEndReason;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number;
  /** The last 4 KiB of standard error. */
  readonly stderrTail: string;
  /** Processes of the tree that were still alive after everything was tried, as `pid name`; empty is proof of death. */
  readonly survivors: readonly string[];
  /** By which sign it died of lack of memory; absent where there is none. */
  readonly outOfMemory?: string;
  /** Why it was `not_started`, or what `onLine` threw (`aborted`); else null. */
  readonly error: string | null;
}

/**
 * Runs a program in the working copy of a sandbox and resolves when its whole process tree is dead, or when death
 * cannot be confirmed (`survivors`). Never rejects. Never waits for pipes that a grandchild still holds.
 */
export type RunProcess = (spec: ProcessSpec) => Promise<ProcessEnd>;
