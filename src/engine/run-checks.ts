import type { CheckResult } from '../domain/check.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { OutputLine } from '../ports/process.ts';
import { OutputEnd } from './output-end.ts';
import type { RunContext } from './run-context.ts';
import { sandboxOf, workOrderOf } from './run-context.ts';

/** The folder that checks keep between attempts is nobody else's: they see neither the login nor the sessions of an agent. */
const STATE_OF_CHECKS = 'checks';

/**
 * Runs commands one after the other in the working copy, shut in as an agent is and without a secret, up to the first
 * that does not pass or until the run is ended. What they say is in the log as they say it. Whatever they changed is
 * taken back to `checkpoint`. Rejects with `processes_survived` or `sandbox_failed`.
 */
export async function runChecks(
  context: RunContext,
  { commands, checkpoint }: { readonly commands: readonly string[]; readonly checkpoint: string },
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const command of commands) {
    const result = await runCheck(context, command);
    if (!result) return results;
    results.push(result);
    if (result.status !== 'passed') break;
  }
  await takeBack(context, checkpoint);
  return results;
}

/** Null when it was cut short by the end of the run. */
async function runCheck(context: RunContext, command: string): Promise<CheckResult | null> {
  const { attemptLog, checks: settings, redactor, signal } = context;
  const sandbox = sandboxOf(context);
  const { homeDirectory, temporaryDirectory } = await sandbox.attemptFolders({ agent: STATE_OF_CHECKS });
  const said = new OutputEnd();
  attemptLog.progress(`checking: ${redactor.text(command)}`);
  const end = await sandbox.runProcess({
    file: 'sh',
    args: ['-c', command],
    env: {
      ...settings.environment,
      HOME: homeDirectory,
      TMPDIR: temporaryDirectory,
      AWO_WORK_ORDER_ID: workOrderOf(context).agent_work_order_id,
    },
    stdin: null,
    needs: { readable: settings.readable(command), hosts: [] },
    limits: { firstActivityMs: null, idleMs: null, totalMs: settings.timeoutMs },
    signal,
    onLine: (line) => {
      const message = textOf(line);
      said.add(message);
      return attemptLog.add({ level: 'info', event: 'check_output', message, data: { stream: line.stream } });
    },
  });
  if (end.survivors.length > 0) {
    const message = `Processes of the check "${command}" are still alive: ${end.survivors.join(', ')}.`;
    throw new WorkOrderError('processes_survived', message);
  }
  if (end.reason === 'aborted' && end.error === null) return null;
  if (end.error !== null) {
    throw new WorkOrderError('sandbox_failed', `The check "${command}" could not be run: ${end.error}`);
  }
  const exit_code = end.reason === 'total' ? null : end.exitCode;
  const status = end.reason === 'total' ? 'timed_out' : exit_code === 0 ? 'passed' : 'failed';
  const { text: output, cut: output_truncated } = said.read((text) => redactor.text(text));
  const duration_seconds = Math.round(end.durationMs) / 1_000;
  const memory = end.outOfMemory === undefined ? {} : { out_of_memory: redactor.text(end.outOfMemory) };
  const level = status === 'passed' ? 'info' : 'warn';
  const data = { command, status, exit_code, duration_seconds };
  await attemptLog.add({ level, event: 'check', message: `${status.replace('_', ' ')}: ${command}`, data });
  return { command, status, exit_code, duration_seconds, ...memory, output, output_truncated };
}

function textOf({ text, cut, bytes }: OutputLine): string {
  return cut ? `${text} [… cut: the line has ${bytes} bytes]` : text;
}

/** What checks leave behind is no part of the change: it was kept before they ran. */
async function takeBack(context: RunContext, checkpoint: string): Promise<void> {
  const changed = await changedSince(context, checkpoint);
  if (changed?.length === 0) return;
  await sandboxOf(context).restore({ checkpoint });
  const what = changed
    ? `${changed.slice(0, 5).join(', ')}${changed.length > 5 ? ', …' : ''}`
    : 'more than can be told';
  const message = `The checks have changed files that .gitignore does not name; they are no part of the change and were taken back: ${what}.`;
  await context.history.record({ type: 'note', code: 'checks_changed_files', message });
}

/** Null when it cannot be told, as where it is beyond the limits of a change. */
async function changedSince(context: RunContext, checkpoint: string): Promise<readonly string[] | null> {
  const sandbox = sandboxOf(context);
  const attempt = workOrderOf(context).in_progress?.attempt ?? 1;
  try {
    const now = await sandbox.checkpoint({ name: `checked-${attempt}` });
    return await sandbox.changedPaths({ from: checkpoint, to: now });
  } catch {
    return null;
  }
}
