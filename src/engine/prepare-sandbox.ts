import { WorkOrderError } from '../domain/errors.ts';
import type { RunContext } from './run-context.ts';
import { workOrderOf } from './run-context.ts';

/**
 * Makes the sandbox before the first step works in it, unless nothing could be delivered from it; does nothing when it is
 * there. Rejects as the sandbox and the forge do.
 */
export async function prepareSandbox(context: RunContext): Promise<void> {
  if (context.sandbox) return;
  if (workOrderOf(context).checkpoint) {
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
  const sandbox = await sandboxes.create({ workOrderId, repositoryUrl, baseBranch, signal, onProgress });
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
