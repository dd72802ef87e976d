import type { Exhausted, Measure } from './budget.ts';
import { MEASURES, budgetAt, exhaustedIn, raisedLimit, standingOf, standingText } from './budget.ts';
import { failedCheck } from './check.ts';
import { ERROR_CATALOGUE } from './error-catalogue.ts';
import type { WorkOrderEvent } from './event.ts';
import type { EndedAttempt } from './step.ts';
import type { WorkOrder } from './work-order.ts';
import { isTerminal, nextStep } from './work-order.ts';
import type { StepName } from './workflow.ts';

/** One thing that was the case, with where it can be read. */
interface Finding {
  readonly what: string;
  readonly text: string;
  /** A path of the API. */
  readonly source: string;
}

/** What a person may do now. */
interface Remedy {
  readonly text: string;
  /** Null where it is nothing of this program. */
  readonly command: string | null;
}

/** What happened to a work order, from facts alone. */
export interface Diagnosis {
  /** One sentence. */
  readonly summary: string;
  /** The code of the catalogue, or what is waited for; null where nothing is wrong. */
  readonly reason: string | null;
  readonly step: StepName | null;
  readonly evidence: readonly Finding[];
  /** The oldest first. */
  readonly timeline: readonly { readonly at: string; readonly text: string }[];
  readonly remedies: readonly Remedy[];
}

/** What a diagnosis is made of; every list is bounded by whoever reads it. */
export interface DiagnosisFacts {
  readonly workOrder: WorkOrder;
  readonly attempts: readonly EndedAttempt[];
  /** The latest events, the oldest first. */
  readonly events: readonly WorkOrderEvent[];
  /** Warnings and errors of the log around the failure, the oldest first. */
  readonly complaints: readonly {
    readonly timestamp: string;
    readonly message: string;
    readonly step: StepName | null;
  }[];
  /** What the running attempt does now, and since when; null when none runs here. */
  readonly live: { readonly activity: string | null; readonly lastActivityAt: string } | null;
  readonly now: Date;
}

/** Says what happened, why, by which evidence, and what can be done. Pure. */
export function diagnose(facts: DiagnosisFacts): Diagnosis {
  const { workOrder, attempts } = facts;
  const last = attempts.at(-1) ?? null;
  const failed = workOrder.status === 'failed' || last?.status === 'failed' ? last : null;
  return {
    ...summaryOf(facts),
    step: workOrder.failed_step ?? workOrder.in_progress?.step ?? nextStep(workOrder),
    evidence: evidenceOf(facts, failed),
    timeline: timelineOf(facts),
    remedies: remediesOf(workOrder, facts.now.toISOString()),
  };
}

function summaryOf({ workOrder, live, now }: DiagnosisFacts): Pick<Diagnosis, 'summary' | 'reason'> {
  const { status, in_progress: attempt } = workOrder;
  switch (status) {
    case 'failed': {
      const { failed_step, error_message, error_code } = workOrder;
      return { summary: `It failed${failed_step ? ` at ${failed_step}` : ''}: ${error_message}`, reason: error_code };
    }
    case 'waiting':
      return { summary: `It waits: ${workOrder.waiting_detail}`, reason: workOrder.waiting_reason };
    case 'completed':
      return { summary: `It is completed: ${workOrder.outcome?.replaceAll('_', ' ')}.`, reason: null };
    case 'cancelled':
      return { summary: 'It was cancelled on request.', reason: null };
    case 'pending':
      return {
        summary: workOrder.cancel_requested
          ? 'It is about to be cancelled.'
          : 'It waits for its turn: as many work orders run as may run at once, or no service takes it up.',
        reason: null,
      };
    case 'running': {
      if (!attempt) return { summary: 'It runs, between two steps.', reason: null };
      const lasted = spanText(now.getTime() - Date.parse(attempt.started_at));
      const sign = live
        ? `; it last did something ${spanText(now.getTime() - Date.parse(live.lastActivityAt))} ago${live.activity ? ` (${live.activity})` : ''}`
        : '';
      return { summary: `It runs ${attempt.step}, attempt ${attempt.attempt}, for ${lasted}${sign}.`, reason: null };
    }
  }
}

function evidenceOf(
  { workOrder, attempts, complaints, now }: DiagnosisFacts,
  failed: EndedAttempt | null,
): readonly Finding[] {
  const path = `/agent-work-orders/${workOrder.agent_work_order_id}`;
  const findings: Finding[] = [];
  if (failed) {
    const { step, attempt, error_code, error_message, duration_seconds, agent, model } = failed;
    const who = agent === null ? '' : `, by ${agent}${model === null ? '' : ` (${model})`}`;
    findings.push({
      what: `attempt ${attempt} at ${step}`,
      text: `${error_message} (${error_code}), after ${spanText(duration_seconds * 1_000)}${who}`,
      source: `${path}/steps`,
    });
    if (failed.limit_resets_at !== null)
      findings.push({ what: 'the limit ends', text: failed.limit_resets_at, source: `${path}/steps` });
    const check = failedCheck(failed.checks ?? []);
    if (check)
      findings.push({
        what: `what "${check.command}" said last`,
        text: lastLines(check.output),
        source: `${path}/steps`,
      });
    if (failed.output)
      findings.push({ what: 'what it said last', text: lastLines(failed.output), source: `${path}/steps` });
    if (failed.changes) {
      const { files_changed, lines_added, lines_removed } = failed.changes;
      findings.push({
        what: 'what it had changed',
        text: `${files_changed} files, +${lines_added} −${lines_removed}`,
        source: `${path}/diff?step=${step}`,
      });
    }
    const tries = attempts.filter((other) => other.step === step && other.status === 'failed').length;
    if (tries > 1)
      findings.push({ what: 'failed before', text: `${step} has failed ${tries} times`, source: `${path}/steps` });
  }
  const budget = budgetAt(workOrder, now.toISOString());
  if (MEASURES.some((measure) => budget[measure] !== null))
    findings.push({ what: 'spent', text: standingText({ budget, spent: workOrder.spent }), source: path });
  if (workOrder.waiting_budget !== null)
    findings.push({
      what: 'the budget of the day',
      text: workOrder.waiting_detail ?? '',
      source: `/budget?repository_url=${encodeURIComponent(workOrder.repository_url)}`,
    });
  for (const { message, step } of complaints)
    findings.push({
      what: `the log${step === null ? '' : ` of ${step}`}`,
      text: lastLines(message),
      source: `${path}/logs?level=warn`,
    });
  return findings;
}

const MAX_CHARACTERS = 600;
const MAX_LINES = 8;

function lastLines(text: string): string {
  const lines = text.trimEnd().split('\n').slice(-MAX_LINES).join('\n');
  return lines.length > MAX_CHARACTERS ? `…${lines.slice(-MAX_CHARACTERS)}` : lines;
}

/** What a reader of the story wants to know: not every event is a chapter. */
function timelineOf({ events }: DiagnosisFacts): Diagnosis['timeline'] {
  return events.flatMap((event) => {
    const text = chapter(event);
    return text === null ? [] : [{ at: event.occurred_at, text }];
  });
}

function chapter(event: WorkOrderEvent): string | null {
  switch (event.type) {
    case 'work_order_created':
      return `handed in: ${event.data.user_request.split('\n', 1)[0]}`;
    case 'work_order_waiting':
      return `waits for ${event.data.waiting_reason}${event.data.until === null ? '' : ` until ${event.data.until}`}`;
    case 'work_order_resumed':
      return 'goes on';
    case 'budget_changed':
      return `${event.data.by} changed what it may spend${event.data.reason === null ? '' : `: ${event.data.reason}`}`;
    case 'work_order_reopened':
      return `taken up again from ${event.data.from_step}`;
    case 'approval_given':
      return `approved ${event.data.gate}`;
    case 'approval_refused':
      return `rejected ${event.data.gate}: ${event.data.reason}`;
    case 'work_order_cancel_requested':
      return 'somebody asked to cancel it';
    case 'work_order_completed':
      return `completed: ${event.data.outcome}`;
    case 'work_order_failed':
      return `failed: ${event.data.error_code}`;
    case 'work_order_cancelled':
      return 'cancelled';
    case 'attempt_finished': {
      const { step, attempt, status, error_code, duration_seconds } = event.data;
      const how = error_code === null ? status : `${status} (${error_code})`;
      return `${step}, attempt ${attempt}: ${how} after ${spanText(duration_seconds * 1_000)}`;
    }
    case 'effect_done':
      return event.data.effect === 'push' ? `pushed ${event.data.git_branch_name}` : null;
    case 'note':
      return event.data.message;
    default:
      return null;
  }
}

function remediesOf(workOrder: WorkOrder, now: string): readonly Remedy[] {
  const { agent_work_order_id: id, status, waiting_reason, error_code } = workOrder;
  if (status === 'waiting' && workOrder.waiting_budget !== null) return budgetRemedies(id);
  if (status === 'waiting') return waitingRemedies(id, waiting_reason);
  if (status !== 'failed') return isTerminal(status) ? [] : [{ text: 'Watch it.', command: `awo watch ${id}` }];
  const known = Object.entries(ERROR_CATALOGUE).find(([code]) => code === error_code)?.[1];
  if (error_code === 'budget_exhausted') return spentRemedies(id, exhaustedIn([standingOf(workOrder, now)]));
  const begun = workOrder.steps.some(({ attempts }) => attempts > 0);
  return [
    ...(known ? [{ text: known.nextStep, command: null }] : []),
    ...(begun
      ? [
          { text: 'Then try the step again; what was done before it stays.', command: `awo retry ${id}` },
          { text: 'Or with another agent.', command: `awo retry ${id} --with-agent NAME` },
          { text: 'Read what was said.', command: `awo logs ${id}` },
        ]
      : []),
  ];
}

const FLAGS: Readonly<Record<Measure, string>> = { cost_usd: '--cost', tokens: '--tokens', minutes: '--minutes' };

/** Null where it was raised since. */
function spentRemedies(id: string, exhausted: Exhausted | null): readonly Remedy[] {
  const retry = { text: 'Then take it up again; what was done before the step stays.', command: `awo retry ${id}` };
  if (!exhausted) return [retry];
  const command = `awo budget ${id} ${FLAGS[exhausted.measure]} ${raisedLimit(exhausted)}`;
  return [{ text: 'Raise what it may spend, for example:', command }, retry];
}

function budgetRemedies(id: string): readonly Remedy[] {
  return [
    {
      text: 'Nothing: it goes on by itself on the next UTC day. To let it go on now all the same:',
      command: `awo budget ${id} --beyond-daily`,
    },
    { text: 'Or, after the budget of the day was raised:', command: `awo resume ${id}` },
  ];
}

function waitingRemedies(id: string, reason: WorkOrder['waiting_reason']): readonly Remedy[] {
  switch (reason) {
    case 'approval':
      return [
        { text: 'Read the plan.', command: `awo plan ${id}` },
        { text: 'Let it go on.', command: `awo approve ${id}` },
        { text: 'Or say what shall be otherwise.', command: `awo reject ${id} --reason "…"` },
      ];
    case 'quota':
      return [
        { text: 'Nothing: it goes on by itself. To try it now:', command: `awo resume ${id}` },
        { text: 'Or go on with another agent.', command: `awo retry ${id} --with-agent NAME` },
      ];
    default:
      return [
        {
          text: reason === 'paused' ? 'Let it go on.' : 'Nothing: it goes on by itself. To try it now:',
          command: `awo resume ${id}`,
        },
        { text: 'Or end it.', command: `awo cancel ${id}` },
      ];
  }
}

function spanText(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1_000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
