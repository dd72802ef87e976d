import { detectConfinement } from '../../src/sandboxes/confinement/detect.ts';
import { sandboxesIn } from './git-fixtures.ts';
import { describeConfinedSandbox } from './sandbox-confined.suite.ts';
import { describeSandboxContents } from './sandbox-contents.suite.ts';
import { describeSandbox } from './sandbox.suite.ts';

/** The best confinement of this machine with each type; none at all with one of them. */
const COMBINATIONS = [
  ['git_worktree', 'auto'],
  ['git_branch', 'auto'],
  ['git_worktree', 'none'],
] as const;

const here = await detectConfinement('auto');

for (const [type, mode] of COMBINATIONS) {
  const provider = async (dataDirectory: string) =>
    sandboxesIn(dataDirectory, await detectConfinement(mode)).find(type);
  describeSandbox(`${type}, confinement ${mode}`, provider);
  describeSandboxContents(`${type}, confinement ${mode}`, provider);
  if (mode === 'auto') describeConfinedSandbox(type, here.report.problem, provider);
}
