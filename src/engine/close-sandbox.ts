import { hasCode } from '../domain/errors.ts';
import type { RunContext } from './run-context.ts';
import { workOrderOf } from './run-context.ts';

/** Clears the sandbox away at the end; what was made and not pushed stays, and a note says where. */
export async function closeSandbox(context: RunContext, how: 'completed' | 'failed' | 'cancelled'): Promise<void> {
  const { sandbox, history } = context;
  if (!sandbox) return;
  const savedAs = how === 'completed' ? workOrderOf(context).git_commit : null;
  try {
    const { keptAt } = await sandbox.close({ savedAs });
    if (keptAt) {
      const message = `The working copy holds changes that were not pushed; it is kept at ${keptAt}.`;
      await history.record({ type: 'note', code: 'sandbox_kept', message });
    }
  } catch (error) {
    if (hasCode(error, 'store_fenced')) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    await history.record({
      type: 'note',
      code: 'sandbox_not_cleared',
      message: `The sandbox could not be cleared away: ${reason}`,
    });
  }
  context.sandbox = null;
}
