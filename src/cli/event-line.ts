import type { EffectIntent, EffectResult } from '../domain/effect.ts';
import { limitsText } from '../domain/budget.ts';
import type { EventData, WorkOrderEvent } from '../domain/event.ts';
import type { MessageWay } from '../domain/message.ts';
import type { EndedAttempt } from '../domain/step.ts';
import type { StepName } from '../domain/workflow.ts';
import { count, formatBytes, formatDuration, formatTime } from './format.ts';
import { oneLine } from './text.ts';

interface Description {
  readonly step: StepName | null;
  readonly what: string;
}

/** The longest step name is 15 characters. */
const STEP_COLUMNS = 15;

/**
 * An event as one line for a person: the time, the step, and what happened. Without escapes, of any length. What says
 * no step itself belongs to the one that was running.
 */
export function eventLine(event: WorkOrderEvent, running: StepName | null): string {
  const { step, what } = described(event);
  return `${formatTime(event.occurred_at)}  ${(step ?? running ?? '').padEnd(STEP_COLUMNS)}  ${oneLine(what)}`;
}

function described(event: WorkOrderEvent): Description {
  switch (event.type) {
    case 'work_order_created': {
      const { user_request, repository_url, agent, confinement, forked_from: source } = event.data;
      const created = source ? `forked from ${source.agent_work_order_id} after ${source.step}` : 'created';
      const how = confinement?.kind === 'none' ? `agent ${agent}, not confined` : `agent ${agent}`;
      return whole(`${event.agent_work_order_id} ${created} for ${repository_url} (${how}): ${user_request}`);
    }
    case 'attempts_inherited': {
      const { attempts, base_branch, base_commit } = event.data;
      const steps = attempts.map(({ step }) => step).join(', ');
      return whole(
        `begins with ${steps} of ${attempts[0]?.inherited_from ?? 'another one'}, on ${base_branch} at ${base_commit.slice(0, 10)}`,
      );
    }
    case 'work_order_started':
      return whole('started');
    case 'work_order_waiting':
      return whole(`waiting for ${event.data.waiting_reason}: ${event.data.detail}`);
    case 'work_order_resumed':
      return whole('goes on');
    case 'work_order_reopened':
      return whole(reopened(event.data));
    case 'rewound':
      return whole(`taken back to the end of ${event.data.to_step ?? 'nothing'}`);
    case 'budget_changed':
      return whole(budgetChanged(event.data));
    case 'work_order_pause_requested':
      return whole('pause requested: it waits when the running attempt has ended');
    case 'approval_given':
      return whole(`approved (${event.data.gate})${event.data.comment ? `: ${event.data.comment}` : ''}`);
    case 'approval_refused':
      return whole(`rejected (${event.data.gate}), back to ${event.data.from_step}: ${event.data.reason}`);
    case 'work_order_cancel_requested':
      return whole('cancel requested');
    case 'work_order_completed':
      return whole(`completed: ${event.data.outcome}`);
    case 'work_order_failed': {
      const { step, error_code, error_message } = event.data;
      return whole(`failed${step ? ` at ${step}` : ''}: ${error_message} (${error_code})`);
    }
    case 'work_order_cancelled':
      return whole(`cancelled${event.data.detail ? `: ${event.data.detail}` : ''}`);
    case 'attempt_started': {
      const { step, attempt } = event.data;
      return { step, what: `started${attempt > 1 ? ` (attempt ${attempt})` : ''}` };
    }
    case 'attempt_prompted':
      return { step: event.data.step, what: prompted(event.data) };
    case 'prompt_queued':
      return whole(`message ${event.data.prompt_id} queued for the agent (${formatBytes(event.data.bytes)})`);
    case 'prompt_edited':
      return whole(`message ${event.data.prompt_id} edited`);
    case 'prompt_withdrawn':
      return whole(`message ${event.data.prompt_id} withdrawn`);
    case 'prompt_given': {
      const { step, prompt_id, how } = event.data;
      return { step, what: `message ${prompt_id} given ${GIVEN[how]}` };
    }
    case 'session_started':
      return { step: event.data.step, what: `session ${event.data.session_id}` };
    case 'turn_finished':
      return { step: event.data.step, what: 'the agent has done its part; its work is kept and is checked now' };
    case 'attempt_finished':
      return { step: event.data.step, what: finished(event.data) };
    case 'effect_intended':
      return whole(intended(event.data));
    case 'effect_done':
      return whole(done(event.data));
    case 'plan_saved':
      return whole(`plan saved as ${event.data.path} (version ${event.data.version})`);
    case 'note':
      return whole(event.data.message);
    default:
      return whole(unknownType(event));
  }
}

const GIVEN: Readonly<Record<MessageWay, string>> = {
  prompt: 'with the prompt',
  mid_turn: 'while it works',
  next_turn: 'as the next turn',
};

function budgetChanged({ budget, beyond_daily, by, until, reason }: EventData['budget_changed']): string {
  const what = [
    ...(budget ? [`budget changed to ${limitsText(budget)}`] : []),
    ...(beyond_daily === null ? [] : [`budgets of days ${beyond_daily ? 'do not hold it' : 'hold it again'}`]),
  ];
  return `${what.join(', ')}, by ${by}${until ? `, until ${until}` : ''}${reason ? `: ${reason}` : ''}`;
}

function reopened({ from_step, kept_attempt: kept }: EventData['work_order_reopened']): string {
  return `reopened from ${from_step}${kept === undefined ? '' : `, with the work of attempt ${kept}`}`;
}

function prompted({
  bytes,
  agent,
  model,
  resumed_session_id: resumed,
  continued_attempt: continued,
}: EventData['attempt_prompted']): string {
  const whom = model ? `${agent} (${model})` : (agent ?? 'the agent');
  const session = resumed ? `, which goes on with session ${resumed}` : '';
  const work = continued === undefined ? '' : `, on top of the work of attempt ${continued}`;
  return `prompt of ${formatBytes(bytes)} given to ${whom}${session}${work}`;
}

function finished({
  status,
  duration_seconds: seconds,
  success,
  output,
  error_message: error,
  checks,
}: EndedAttempt): string {
  const said = (success ? output : error)?.trimStart().split('\n')[0];
  return `${status} in ${formatDuration(seconds)}${checked(checks ?? [])}${said ? `: ${said}` : ''}`;
}

/** Histories of earlier versions have no checks. */
function checked(checks: EndedAttempt['checks']): string {
  if (checks.length === 0) return '';
  const passed = checks.filter(({ status }) => status === 'passed').length;
  return `, ${passed} of ${count(checks.length, 'check')} passed`;
}

function intended(intent: EffectIntent): string {
  switch (intent.effect) {
    case 'sandbox':
      return 'making the sandbox';
    case 'branch':
      return `making the branch ${intent.git_branch_name}`;
    case 'commit':
      return 'committing';
    case 'push':
      return `pushing ${intent.git_branch_name}`;
    case 'pull_request':
      return `opening the pull request "${intent.title}"`;
  }
}

function done(result: EffectResult): string {
  switch (result.effect) {
    case 'sandbox':
      return `sandbox ${result.sandbox_identifier} made from ${result.base_branch} at ${result.base_commit.slice(0, 10)}`;
    case 'branch':
      return `branch ${result.git_branch_name} made`;
    case 'commit': {
      const { commit, message, changes } = result;
      const size = `${changes.files_changed} changed, +${changes.lines_added} −${changes.lines_removed}`;
      return `committed ${commit.slice(0, 10)} (${size}): ${message.split('\n')[0]}`;
    }
    case 'push':
      return `pushed ${result.git_branch_name} at ${result.commit.slice(0, 10)}`;
    case 'pull_request':
      return `pull request ${result.github_pull_request_url}`;
  }
}

/** A service that is newer than this program may send types that are not known here. */
function unknownType(event: never): string {
  const { type }: { readonly type: unknown } = event;
  return String(type);
}

function whole(what: string): Description {
  return { step: null, what };
}
