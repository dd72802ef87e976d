/** How the service runs the checks of a repository, and what becomes of a change that one refuses. */
export interface CheckSettings {
  /** How long one check may take. */
  readonly timeoutMs: number;
  /** How often a change goes back to the agent after a check has failed. */
  readonly attempts: number;
  /** What follows when it still fails then: the work order fails, or goes on to a draft that says so. */
  readonly onFailure: 'fail' | 'draft';
  /** What checks find programs and words by; nothing secret. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files and folders that a command needs of its installation, by absolute path. */
  readonly readable: (command: string) => readonly string[];
}

/** The settings out of a configuration; `path` is where programs are found. */
export function checkSettingsOf(
  configured: {
    readonly checkTimeoutSeconds: number;
    readonly checkAttempts: number;
    readonly onCheckFailure: CheckSettings['onFailure'];
  },
  {
    path,
    rootsOf,
  }: {
    readonly path: string;
    readonly rootsOf: (input: { readonly command: string; readonly path: string }) => readonly string[];
  },
): CheckSettings {
  return {
    timeoutMs: configured.checkTimeoutSeconds * 1_000,
    attempts: configured.checkAttempts,
    onFailure: configured.onCheckFailure,
    // Nobody sits before it: programs that would ask or watch are told so by the word that most of them know.
    environment: { PATH: path, LANG: 'C.UTF-8', CI: 'true' },
    readable: (command) => rootsOf({ command, path }),
  };
}
