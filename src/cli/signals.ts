/** The exit codes that say which signal ended a program. */
const TERMINATING = { SIGTERM: 143, SIGHUP: 129 } as const;

/** Under `npm run` one Ctrl-C arrives twice: from the terminal, and from npm, which passes it on. */
const SAME_KEY_MS = 300;

/** Takes over what Ctrl-C and a polite end from outside do; returns how to give it back. */
export function onSignals(handlers: {
  readonly interrupt: () => void;
  /** With the exit code that says which signal it was. */
  readonly terminate: (exitCode: number) => void;
}): () => void {
  const terminators = Object.entries(TERMINATING).map(
    ([signal, exitCode]) => [signal, () => handlers.terminate(exitCode)] as const,
  );
  let lastMs = -Infinity;
  const interrupt = () => {
    const nowMs = performance.now();
    if (nowMs - lastMs > SAME_KEY_MS) handlers.interrupt();
    lastMs = nowMs;
  };
  process.on('SIGINT', interrupt);
  for (const [signal, terminate] of terminators) process.on(signal, terminate);
  return () => {
    process.off('SIGINT', interrupt);
    for (const [signal, terminate] of terminators) process.off(signal, terminate);
  };
}
