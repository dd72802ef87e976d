import type { Claims } from '../domain/claims.ts';
import { claimedPath } from '../domain/claims.ts';
import type { RunContext } from './run-context.ts';
import { latestCheckpoint, sandboxOf, workOrderOf } from './run-context.ts';

/** More than these are not told. */
const MAX_TOLD = 5;

/**
 * What of an agent's claims is not there: a sentence each with the claim and the fact, empty where all is well. What
 * cannot be looked at passes. Never rejects.
 */
export async function falseClaims(
  context: RunContext,
  { claims, checkpoint }: { readonly claims: Claims; readonly checkpoint: string },
): Promise<readonly string[]> {
  const looks = await Promise.allSettled([
    missingPlan(context, claims, checkpoint),
    missingFiles(context, claims, checkpoint),
    missingCommits(context, claims),
    missingBranches(context, claims),
  ]);
  return looks.flatMap((look) => (look.status === 'fulfilled' ? look.value : []));
}

/** A plan elsewhere than it says is a plan: `find_plan` finds it by what was written. */
async function missingPlan(context: RunContext, { plan }: Claims, checkpoint: string): Promise<readonly string[]> {
  const sandbox = sandboxOf(context);
  const path = plan === null ? null : claimedPath(plan, sandbox.directory);
  if (path === null || (await sandbox.holds({ path }))) return [];
  const written = await sandbox.changedPaths({ from: latestCheckpoint(context), to: checkpoint });
  if (written.some((other) => other.endsWith('.md'))) return [];
  return [`The agent says that its plan is in ${path}; no such file is there, and no other one that could be a plan.`];
}

/** What was changed under the same name in another folder, and what lies there ignored, counts. */
async function missingFiles(context: RunContext, { files }: Claims, checkpoint: string): Promise<readonly string[]> {
  if (files.length === 0) return [];
  const sandbox = sandboxOf(context);
  const changed = await sandbox.changedPaths({ from: sandbox.baseCommit, to: checkpoint });
  const known = new Set(changed.flatMap((path) => [path, path.split('/').at(-1) ?? path]));
  const missing: string[] = [];
  for (const claim of files) {
    const path = claimedPath(claim, sandbox.directory);
    if (path === null || known.has(path) || known.has(path.split('/').at(-1) ?? path)) continue;
    if (!(await sandbox.holds({ path }))) missing.push(path);
  }
  if (missing.length === 0) return [];
  return [`The agent says that it changed ${some(missing)}; no such file is there, and the change has none.`];
}

async function missingCommits(context: RunContext, { commits }: Claims): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const commit of commits) if (!(await sandboxOf(context).knowsCommit({ commit }))) missing.push(commit);
  if (missing.length === 0) return [];
  return [`The agent says that it made the commit ${some(missing)}; its repository has no such commit.`];
}

async function missingBranches(context: RunContext, { branches }: Claims): Promise<readonly string[]> {
  const { repository_url: repositoryUrl } = workOrderOf(context);
  const missing: string[] = [];
  for (const branch of branches) {
    const there = await context.forge.branches({ repositoryUrl, prefix: branch, signal: context.signal });
    if (!there.includes(branch)) missing.push(branch);
  }
  if (missing.length === 0) return [];
  return [`The agent says that it pushed ${some(missing)}; the remote has no such branch.`];
}

function some(names: readonly string[]): string {
  const told = names.slice(0, MAX_TOLD).join(', ');
  return names.length > MAX_TOLD ? `${told} and ${names.length - MAX_TOLD} more` : told;
}
