import type { Kysely } from 'kysely';
import type { ImplementAnswer } from '../../domain/answers.ts';
import type { CheckResult } from '../../domain/check.ts';
import type { EventData } from '../../domain/event.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { EndedAttempt, EndedAttemptStatus } from '../../domain/step.ts';
import { STEP_NAMES } from '../../domain/workflow.ts';
import type { AttemptsTable, Database } from './database.ts';
import { storedJson } from './json.ts';
import { precompile, valuesOf } from './precompiled.ts';

const STARTED_COLUMNS = ['work_order_id', 'step', 'attempt', 'agent_name', 'started_at', 'agent', 'model'] as const;

type StartedColumns = Pick<AttemptsTable, (typeof STARTED_COLUMNS)[number]>;
type ChosenColumns = Pick<AttemptsTable, 'work_order_id' | 'step' | 'attempt' | 'agent' | 'model'>;
type SessionColumns = Pick<AttemptsTable, 'work_order_id' | 'step' | 'attempt' | 'session_id'>;
/** Those of the rows that have ended. */
type EndedColumns = Omit<AttemptsTable, 'status'> & { readonly status: EndedAttemptStatus };

/** The rows of `attempts`: what the events of attempts say, field by field, for lists and metrics. */
export function createAttemptRows(compiler: Kysely<Database>) {
  const insertStarted = precompile<StartedColumns, unknown>((value) =>
    compiler.insertInto('attempts').values({
      ...valuesOf(STARTED_COLUMNS, value),
      status: 'running',
      success: 0,
      output_truncated: 0,
      duration_seconds: 0,
      usage_known: 0,
      checks: '[]',
    }),
  );
  const updateSession = precompile<SessionColumns, unknown>((value) =>
    compiler
      .updateTable('attempts')
      .set({ session_id: value('session_id') })
      .where('work_order_id', '=', value('work_order_id'))
      .where('step', '=', value('step'))
      .where('attempt', '=', value('attempt')),
  );
  const updateChosen = precompile<ChosenColumns, unknown>((value) =>
    compiler
      .updateTable('attempts')
      .set({ agent: value('agent'), model: value('model') })
      .where('work_order_id', '=', value('work_order_id'))
      .where('step', '=', value('step'))
      .where('attempt', '=', value('attempt')),
  );
  const upsertEnded = precompile<EndedColumns, unknown>((value) => {
    const ended = valuesOf(ENDED_COLUMNS, value);
    const { work_order_id: _id, step: _step, attempt: _attempt, ...changes } = ended;
    return compiler
      .insertInto('attempts')
      .values(ended)
      .onConflict((conflict) => conflict.columns(['work_order_id', 'step', 'attempt']).doUpdateSet(changes));
  });
  const selectEnded = precompile<Pick<AttemptsTable, 'work_order_id'>, EndedColumns>((value) =>
    compiler
      .selectFrom('attempts')
      .select([...ENDED_COLUMNS])
      .where('work_order_id', '=', value('work_order_id'))
      .where('ended_seq', 'is not', null)
      .orderBy('ended_seq'),
  );

  return {
    async start(database: Kysely<Database>, workOrderId: WorkOrderId, data: EventData['attempt_started']) {
      const { step, attempt, agent_name, started_at, agent, model } = data;
      await insertStarted(database, {
        work_order_id: workOrderId,
        step,
        attempt,
        agent_name,
        started_at,
        agent,
        model,
      });
    },
    async keepSession(database: Kysely<Database>, workOrderId: WorkOrderId, data: EventData['session_started']) {
      await updateSession(database, { work_order_id: workOrderId, ...data });
    },
    async keepChoice(database: Kysely<Database>, workOrderId: WorkOrderId, data: EventData['attempt_prompted']) {
      const { step, attempt, agent, model = null } = data;
      if (agent === undefined) return;
      await updateChosen(database, { work_order_id: workOrderId, step, attempt, agent, model });
    },
    async finish(
      database: Kysely<Database>,
      at: { readonly workOrderId: WorkOrderId; readonly seq: number; readonly position: number },
      attempt: EndedAttempt,
    ) {
      const { step, agent_name, started_at, status, session_id, output } = attempt;
      const { error_code, error_message, duration_seconds, finished_at, checkpoint, usage, changes } = attempt;
      await upsertEnded(database, {
        work_order_id: at.workOrderId,
        step,
        attempt: attempt.attempt,
        agent_name,
        started_at,
        agent: attempt.agent ?? null,
        model: attempt.model ?? null,
        status,
        session_id,
        success: attempt.success ? 1 : 0,
        output,
        output_truncated: attempt.output_truncated ? 1 : 0,
        answer: attempt.answer ? JSON.stringify(attempt.answer) : null,
        limit_resets_at: attempt.limit_resets_at ?? null,
        error_code,
        error_message,
        duration_seconds,
        finished_at,
        checkpoint,
        usage_known: usage ? 1 : 0,
        input_tokens: usage?.input_tokens ?? null,
        output_tokens: usage?.output_tokens ?? null,
        cost_usd: usage?.cost_usd ?? null,
        files_changed: changes?.files_changed ?? null,
        lines_added: changes?.lines_added ?? null,
        lines_removed: changes?.lines_removed ?? null,
        checks: JSON.stringify(attempt.checks ?? []),
        ended_seq: at.seq,
        ended_position: at.position,
        inherited_from: attempt.inherited_from ?? null,
      });
    },
    /** In the order of their ends. */
    async ended(database: Kysely<Database>, workOrderId: WorkOrderId): Promise<readonly EndedAttempt[]> {
      const rows = await selectEnded(database, { work_order_id: workOrderId });
      // Those that were inherited came with one event; the order of the workflow is that of their ends.
      const place = ({ step }: EndedColumns) => STEP_NAMES.indexOf(step);
      const isInherited = ({ inherited_from }: EndedColumns) => inherited_from !== null;
      const inherited = rows.filter(isInherited).toSorted((a, b) => place(a) - place(b));
      return [...inherited, ...rows.filter((row) => !isInherited(row))].map((row) => endedAttempt(row));
    },
  };
}

const ENDED_COLUMNS: readonly (keyof EndedColumns)[] = [
  'work_order_id',
  'step',
  'attempt',
  'agent_name',
  'started_at',
  'agent',
  'model',
  'status',
  'session_id',
  'success',
  'output',
  'output_truncated',
  'answer',
  'limit_resets_at',
  'error_code',
  'error_message',
  'duration_seconds',
  'finished_at',
  'checkpoint',
  'usage_known',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'files_changed',
  'lines_added',
  'lines_removed',
  'checks',
  'ended_seq',
  'ended_position',
  'inherited_from',
];

function endedAttempt(row: EndedColumns): EndedAttempt {
  const { step, agent_name, attempt, started_at, output, error_code, error_message } = row;
  const { duration_seconds, session_id, checkpoint, input_tokens, output_tokens, cost_usd } = row;
  const { files_changed, lines_added, lines_removed } = row;
  // An ended attempt has its end; only the column of a running one is null.
  const finished_at = row.finished_at ?? '';
  const hasChanges = files_changed !== null && lines_added !== null && lines_removed !== null;
  return {
    step,
    agent_name,
    attempt,
    started_at,
    agent: row.agent,
    model: row.model,
    status: row.status,
    success: row.success === 1,
    output,
    output_truncated: row.output_truncated === 1,
    answer: row.answer === null ? null : storedJson<ImplementAnswer>(row.answer),
    limit_resets_at: row.limit_resets_at,
    error_code,
    error_message,
    duration_seconds,
    session_id,
    finished_at,
    timestamp: finished_at,
    usage: row.usage_known === 1 ? { input_tokens, output_tokens, cost_usd } : null,
    checkpoint,
    ...(row.inherited_from === null ? {} : { inherited_from: row.inherited_from }),
    changes: hasChanges ? { files_changed, lines_added, lines_removed } : null,
    checks: storedJson<CheckResult[]>(row.checks),
  };
}
