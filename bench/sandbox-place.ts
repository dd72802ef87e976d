import { join } from 'node:path';
import type { Sandbox } from '../src/ports/sandbox.ts';
import { reapRecorded } from '../src/process/process-records.ts';
import { runProcessTree } from '../src/process/spawn.ts';
import type { Confinement } from '../src/sandboxes/confinement/confinement.ts';
import { createSandboxes } from '../src/sandboxes/registry.ts';
import { LIMITS, NO_CREDENTIALS, NO_FLOOR } from '../test/suites/git-fixtures.ts';
import { quietLog } from '../test/suites/quiet-log.ts';

/** A sandbox of the product without a service around it, on the repository of a work place. */
export async function makeSandbox(input: {
  readonly directory: string;
  readonly repository: string;
  readonly confinement: Confinement;
}): Promise<Sandbox> {
  const sandboxes = createSandboxes({
    dataDirectory: join(input.directory, 'data'),
    confinement: input.confinement,
    credentials: NO_CREDENTIALS,
    log: quietLog,
    limits: LIMITS,
    disk: NO_FLOOR,
    runProcessTree,
    reapRecorded,
  });
  return await sandboxes.find('git_worktree').create({
    workOrderId: 'wo-bench',
    repositoryUrl: input.repository,
    baseBranch: null,
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}
