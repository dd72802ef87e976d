import { COMMENT_MARK } from '../domain/delivery.ts';
import type { ErrorCode } from '../domain/error-catalogue.ts';
import { ERROR_CATALOGUE } from '../domain/error-catalogue.ts';
import type { EndedAttempt } from '../domain/step.ts';
import type { StepState, WorkOrder } from '../domain/work-order.ts';
import { isTerminal } from '../domain/work-order.ts';

/** The text of the comment that the service keeps on an issue, in Markdown. */
export interface IssueReport {
  readonly text: string;
  /** Stands in the text, and in no other comment. */
  readonly marker: string;
  /** True for a text that nothing will change any more. */
  readonly isFinal: boolean;
}

const STATUS_WORDS: Readonly<Record<StepState['status'], string>> = {
  pending: '',
  running: 'running',
  succeeded: '✓ done',
  skipped: 'skipped',
  failed: '✗ failed',
  interrupted: 'interrupted',
  cancelled: 'cancelled',
};
const MAX_REASON_CHARACTERS = 4_000;

export function markerOf(id: string): string {
  return `${COMMENT_MARK} ${id.replaceAll(/[^\w.:-]/g, '_')} -->`;
}

/** Why a wish was not taken up. */
export function refusalReport({ marker, reason }: { readonly marker: string; readonly reason: string }): IssueReport {
  return { text: [`No work order was made. ${reason}`, marker].join('\n\n'), marker, isFinal: true };
}

/** How far a work order has come. */
export function workOrderReport(input: {
  readonly workOrder: WorkOrder;
  readonly attempts: readonly EndedAttempt[];
  readonly publicUrl: string | null;
}): IssueReport {
  const { workOrder } = input;
  const marker = markerOf(workOrder.agent_work_order_id);
  const parts = [headline(input), table(input), ...ending(input), marker];
  return { text: parts.join('\n\n'), marker, isFinal: isTerminal(workOrder.status) };
}

function headline({ workOrder, publicUrl }: { readonly workOrder: WorkOrder; readonly publicUrl: string | null }) {
  const { agent_work_order_id: id } = workOrder;
  const name = publicUrl === null ? `\`${id}\`` : `[${id}](${publicUrl}/agent-work-orders/${id})`;
  const follow = publicUrl === null && !isTerminal(workOrder.status) ? ` Follow it with \`awo watch ${id}\`.` : '';
  return `**Work order ${name}** ${statusText(workOrder)}${follow}`;
}

function statusText({ status, waiting_reason, waiting_until, outcome, failed_step: failed }: WorkOrder): string {
  switch (status) {
    case 'pending':
      return 'was accepted and waits for its turn.';
    case 'running':
      return 'is running.';
    case 'waiting':
      return `waits${waiting_reason ? ` (${waiting_reason})` : ''}${waiting_until ? ` and goes on at ${waiting_until}` : ''}.`;
    case 'completed':
      return outcome === 'no_change_needed' ? 'is done: there is nothing to change.' : 'is done.';
    case 'failed':
      return failed ? `failed at \`${failed}\`.` : 'failed.';
    case 'cancelled':
      return 'was cancelled.';
  }
}

function table({ workOrder, attempts }: { readonly workOrder: WorkOrder; readonly attempts: readonly EndedAttempt[] }) {
  const rows = workOrder.steps.map(({ step, status, attempts: tries }) => {
    const seconds = attempts
      .filter((attempt) => attempt.step === step)
      .reduce((sum, { duration_seconds }) => sum + duration_seconds, 0);
    const words = [STATUS_WORDS[status], ...(tries > 1 ? [`(attempt ${tries})`] : [])].join(' ').trim();
    return `| ${step} | ${words} | ${seconds > 0 ? duration(seconds) : ''} |`;
  });
  return ['| step | | time |', '|---|---|---|', ...rows].join('\n');
}

function ending({
  workOrder,
  attempts,
}: {
  readonly workOrder: WorkOrder;
  readonly attempts: readonly EndedAttempt[];
}) {
  const { status, outcome, github_pull_request_url: pullRequest, git_branch_name: branch } = workOrder;
  if (status === 'failed') return failure(workOrder);
  if (status === 'waiting' && workOrder.waiting_detail) return [fenced(workOrder.waiting_detail)];
  if (pullRequest) return [`Pull request: ${pullRequest}`];
  if (outcome === 'branch_pushed') return [`The branch \`${branch}\` was pushed; open a pull request for it by hand.`];
  if (outcome !== 'no_change_needed') return [];
  const reason = attempts.findLast(({ step }) => step === 'implement')?.answer?.no_change_reason;
  return reason ? [fenced(reason)] : [];
}

function failure({ error_message, error_code, git_branch_name: branch, git_commit: commit }: WorkOrder) {
  const next = nextStep(error_code);
  return [
    ...(error_message ? [fenced(error_message)] : []),
    ...(next ? [`What to do: ${next}`] : []),
    ...(branch && commit ? [`What was made is kept: branch \`${branch}\`.`] : []),
  ];
}

function nextStep(code: string | null): string | null {
  const isKnown = (text: string): text is ErrorCode => Object.hasOwn(ERROR_CATALOGUE, text);
  return code !== null && isKnown(code) ? ERROR_CATALOGUE[code].nextStep : null;
}

/** Words of programs and agents: they name nobody and are no Markdown. */
function fenced(words: string): string {
  const text = words.length > MAX_REASON_CHARACTERS ? `${words.slice(0, MAX_REASON_CHARACTERS)}…` : words;
  const fence = '`'.repeat(Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  return `${fence}text\n${text}\n${fence}`;
}

function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
