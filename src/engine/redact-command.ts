import type { Redactor } from '../domain/redact.ts';
import type { TimelessCommand } from '../domain/work-order.ts';

/**
 * Documents, in which a token may be an example, and names that would stand for nothing with a word in their middle:
 * they lose the service's own secrets alone.
 */
const OWN_SECRETS_ONLY: ReadonlySet<string> = new Set([
  'prompt',
  'plan',
  'path',
  'session_id',
  'resumed_session_id',
  'git_branch_name',
]);

/** A command without the secrets in its texts, so that what is decided, shown and saved is the same. */
export function redactCommand(redactor: Redactor, command: TimelessCommand): TimelessCommand {
  return redactor.data(command, OWN_SECRETS_ONLY);
}
