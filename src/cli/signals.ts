/** The exit codes that say which signal ended a program. */
const TERMINATING = { SIGTERM: 143, SIGHUP: 129 } as const;

/** Takes over what Ctrl-C and a polite end from outside do; returns how to give it back. */
export function onSignals(handlers: {
  readonly interrupt: () => void;
  /** With the exit code that says which signal it was. */
  readonly terminate: (exitCode: number) => void;
}): () => void {
  const terminators = Object.entries(TERMINATING).map(
    ([signal, exitCode]) => [signal, () => handlers.terminate(exitCode)] as const,
  );
  process.on('SIGINT', handlers.interrupt);
  for (const [signal, terminate] of terminators) process.on(signal, terminate);
  return () => {
    process.off('SIGINT', handlers.interrupt);
    for (const [signal, terminate] of terminators) process.off(signal, terminate);
  };
}
