import { planTitle, requestClassIn } from '../../domain/answers.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import { withTrailer } from '../../domain/commit-message.ts';
import type { RequestClass } from '../../domain/naming.ts';
import { hasWork } from '../check-change.ts';
import { planText } from '../plan-text.ts';
import { refuseSecrets } from '../refuse-secrets.ts';
import type { RunContext } from '../run-context.ts';
import { latestCheckpoint, outputOf, proposedByImplementor, sandboxOf, workOrderOf } from '../run-context.ts';
import type { Step } from './step.ts';

/** The type that a commit message of ours begins with. */
const COMMIT_TYPE: Readonly<Record<RequestClass, string>> = { bug: 'fix', feature: 'feat', chore: 'chore' };
const MAX_SUBJECT = 72;

/** The service commits what really changed. Nothing but the plan is nothing: told with a reason, or a failure. */
export const commit: Step = {
  name: 'commit',
  async run(context) {
    const sandbox = sandboxOf(context);
    const checkpoint = latestCheckpoint(context);
    const proposed = proposedByImplementor(context);
    if (!(await hasWork(context, checkpoint))) {
      const reason = proposed.no_change_reason;
      if (reason) return { status: 'skipped', output: `No change needed: ${reason}` };
      throw new WorkOrderError('no_progress', 'Nothing but the plan file has changed, and the agent gave no reason.');
    }

    await refuseSecrets(context, checkpoint);
    const proposal = context.redactor.text(proposed.commit_message ?? (await messageFromPlan(context)));
    const message = withTrailer(proposal, `Work-Order: ${workOrderOf(context).agent_work_order_id}`);
    await context.history.record({ type: 'intend_effect', effect: { effect: 'commit', message } });
    const hash = await sandbox.commit({
      checkpoint,
      branch: outputOf(context, 'generate_branch'),
      message,
      identity: context.commitIdentity,
      // A fact of the history, not the clock: after a crash the same commit comes out again.
      at: context.succeeded.get('implement')?.finished_at ?? workOrderOf(context).created_at,
    });
    const changes = await sandbox.changes({ from: sandbox.baseCommit, to: hash });
    const done = { effect: 'commit', commit: hash, message, git_commit_count: 1, changes } as const;
    await context.history.record({ type: 'complete_effect', effect: done });
    return { status: 'succeeded', output: message };
  },
};

async function messageFromPlan(context: RunContext): Promise<string> {
  const type = COMMIT_TYPE[requestClassIn(outputOf(context, 'classify'))];
  const title = planTitle((await planText(context)) ?? '') ?? workOrderOf(context).user_request;
  const subject = `${type}: ${title.split('\n', 1)[0] ?? ''}`;
  return subject.length > MAX_SUBJECT ? `${subject.slice(0, MAX_SUBJECT - 1).trimEnd()}…` : subject;
}
