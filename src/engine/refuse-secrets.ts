import { WorkOrderError } from '../domain/errors.ts';
import type { SecretInChange } from '../domain/secrets-in-diff.ts';
import { secretsInDiff } from '../domain/secrets-in-diff.ts';
import type { RunContext } from './run-context.ts';
import { sandboxOf, workOrderOf } from './run-context.ts';

const MAX_DIFF_BYTES = 32 * 1_024 * 1_024;
const MAX_SHOWN = 10;

/**
 * Rejects with `secret_in_changes` where lines that were added hold one of the service's own secrets: what is committed
 * is pushed, and nobody can take it back. What a binary file holds, or a change beyond 32 MiB, is not seen; the log of
 * the step says the latter.
 */
export async function refuseSecrets(context: RunContext, checkpoint: string): Promise<void> {
  const { collected, redactor, attemptLog } = context;
  const diff = await collected.diff({
    workOrderId: workOrderOf(context).agent_work_order_id,
    from: sandboxOf(context).baseCommit,
    to: checkpoint,
    maxBytes: MAX_DIFF_BYTES,
  });
  if (diff?.truncated) {
    const message = 'The change is larger than 32 MiB; what is beyond was not searched for secrets.';
    void attemptLog.add({ level: 'warn', event: 'secrets_not_searched', message });
  }
  const found = secretsInDiff(diff?.text ?? '', redactor);
  if (found.length === 0) return;
  const shown = found.slice(0, MAX_SHOWN).map(inWords).join('; ');
  const more = found.length > MAX_SHOWN ? `; and ${found.length - MAX_SHOWN} more` : '';
  throw new WorkOrderError(
    'secret_in_changes',
    `Secrets of this service are in what would be pushed: ${shown}${more}.`,
  );
}

function inWords({ path, names }: SecretInChange): string {
  return `${path} holds ${names.join(' and ')}`;
}
