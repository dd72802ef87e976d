import { WorkOrderError } from '../domain/errors.ts';
import type { SandboxOrigin } from '../ports/sandbox.ts';
import type { RunContext } from './run-context.ts';
import { startOfNext, workOrderOf } from './run-context.ts';

/**
 * Makes the sandbox before the first step works in it, unless nothing could be delivered from it; does nothing when it is
 * there. Rejects as the sandbox and the forge do.
 */
export async function prepareSandbox(context: RunContext): Promise<void> {
  if (context.sandbox) return;
  if (workOrderOf(context).sandbox_identifier && workOrderOf(context).checkpoint) {
    throw new WorkOrderError('sandbox_failed', 'The sandbox with what the earlier steps have made is gone.');
  }
  const { history, attemptLog, sandboxes, signal } = context;
  const {
    agent_work_order_id: workOrderId,
    repository_url: repositoryUrl,
    base_branch: baseBranch,
  } = workOrderOf(context);
  attemptLog.activity = 'asking the forge whether the service may push';
  await context.forge.expectPush({ repositoryUrl, signal });
  await history.record({ type: 'intend_effect', effect: { effect: 'sandbox' } });
  attemptLog.activity = 'preparing the sandbox';
  const onProgress = (message: string) => attemptLog.progress(message);
  const about = { workOrderId, repositoryUrl, signal, onProgress };
  const origin = originOf(context);
  const sandbox = await (origin ? sandboxes.fork({ ...about, ...origin }) : sandboxes.create({ ...about, baseBranch }));
  context.sandbox = sandbox;
  await context.reach('after_sandbox_created', workOrderOf(context).in_progress?.step ?? null);
  await history.record({
    type: 'complete_effect',
    effect: {
      effect: 'sandbox',
      sandbox_identifier: sandbox.identifier,
      base_branch: sandbox.baseBranch,
      base_commit: sandbox.baseCommit,
    },
  });
}

/** Where a fork takes its working copy from; null for one that begins at the tip of its base branch. */
function originOf(context: RunContext): SandboxOrigin | null {
  const { forked_from, base_branch: baseBranch, base_commit: baseCommit } = workOrderOf(context);
  const checkpoints = [...context.succeeded.values()].flatMap(({ step, attempt, checkpoint, inherited_from }) =>
    inherited_from && checkpoint ? [{ name: `${step}-${attempt}`, commit: checkpoint }] : [],
  );
  if (!forked_from || baseBranch === null || baseCommit === null || checkpoints.length === 0) return null;
  return { from: forked_from.agent_work_order_id, baseBranch, baseCommit, checkpoints, content: startOfNext(context) };
}
