import pc from 'picocolors';
import type { EndedAttempt } from '../domain/step.ts';
import type { StepState, WorkOrder } from '../domain/work-order.ts';
import { isTerminal } from '../domain/work-order.ts';
import { ERROR_CATALOGUE } from '../domain/error-catalogue.ts';
import { count, formatAge, formatDateTime, formatDuration } from './format.ts';
import { columnsOf, fit, oneLine, truncate, wrap } from './text.ts';
import type { WatchState } from './watch-state.ts';

/** How a frame may look. */
export interface RailStyle {
  /** Of the terminal. No line is longer. */
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
  readonly nowMs: number;
  /** What the person must know or answer now, below everything else. */
  readonly question?: string | null;
}

type Colors = ReturnType<typeof pc.createColors>;
type RowStatus = StepState['status'];

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const SPINNER_MS = 100;
const SYMBOLS: Readonly<Record<Exclude<RowStatus, 'running'>, string>> = {
  pending: '·',
  succeeded: '✓',
  skipped: '–',
  failed: '✗',
  interrupted: '!',
  cancelled: '■',
};
const NAME_COLUMNS = 16;
const DURATION_COLUMNS = 11;
/** Longer lines are hard to read, also in a wide terminal. */
const MOST_COLUMNS = 120;

/** The frame that shows a work order: a header, a row for each step, and how it ended. Pure. */
export function rail(state: WatchState, style: RailStyle): readonly string[] {
  const { workOrder } = state;
  const columns = Math.min(style.columns, MOST_COLUMNS);
  const colors = pc.createColors(style.color);
  if (!workOrder) return [truncate('Waiting for the first event …', columns)];
  const rows = workOrder.steps.map((step) => stepRow(step, state, { ...style, columns }, colors));
  const end = [...ending(workOrder, state, columns, colors), ...questions(state, style, columns, colors)];
  const tail = end.length > 0 ? ['', ...end] : [];
  const frame = ['', ...header(workOrder, state, style.nowMs, columns, colors), '', ...rows, ...tail];
  if (frame.length < style.rows) return frame;
  // A low terminal: the steps and the end are what matters; the latest lines at least.
  return [...rows, ...end].slice(1 - style.rows);
}

function header(
  workOrder: WorkOrder,
  { confined }: WatchState,
  nowMs: number,
  columns: number,
  colors: Colors,
): readonly string[] {
  const until = isTerminal(workOrder.status) ? Date.parse(workOrder.updated_at) : nowMs;
  const elapsed = formatDuration((until - Date.parse(workOrder.created_at)) / 1000);
  const status = workOrder.cancel_requested && !isTerminal(workOrder.status) ? 'cancelling' : workOrder.status;
  const waits = workOrder.waiting_reason ? ` for ${workOrder.waiting_reason}` : '';
  const model = workOrder.model ? ` (${oneLine(workOrder.model)})` : '';
  return [
    colors.bold(truncate(`${oneLine(workOrder.agent_work_order_id)} · ${status}${waits} · ${elapsed}`, columns)),
    truncate(oneLine(workOrder.user_request), columns),
    colors.dim(
      truncate(
        `${oneLine(workOrder.repository_url)} · agent ${oneLine(workOrder.agent)}${model}${confined ? '' : ' · not confined'}`,
        columns,
      ),
    ),
  ];
}

function stepRow(step: StepState, state: WatchState, style: RailStyle, colors: Colors): string {
  const running = runningOf(step, state);
  const unsaved = state.live?.steps.findLast((attempt) => attempt.step === step.step && !attempt.durable);
  const ended = unsaved ?? state.ended.find((attempt) => attempt.step === step.step);
  const status: RowStatus = running ? 'running' : (unsaved?.status ?? step.status);
  const attempts = Math.max(step.attempts, running?.attempt ?? 0, unsaved?.attempt ?? 0);
  const lasted = running
    ? (style.nowMs - Date.parse(running.started_at)) / 1000
    : status === 'pending'
      ? null
      : (ended?.duration_seconds ?? null);
  const parts = running
    ? [running.activity && oneLine(running.activity), ageOf(running.last_activity_at, style.nowMs)]
    : status === 'pending' || !ended
      ? []
      : [unsaved && 'not saved yet', said(ended)];
  const agent = running ? running.agent : ended?.agent;
  if (agent && agent !== state.workOrder?.agent && status !== 'pending') parts.unshift(oneLine(agent));
  if (attempts > 1) parts.unshift(`attempt ${attempts}`);
  const symbol = status === 'running' ? spinner(style.nowMs) : SYMBOLS[status];
  const left = `${symbol} ${fit(step.step, NAME_COLUMNS)}${(lasted === null ? '' : formatDuration(lasted)).padStart(DURATION_COLUMNS)}`;
  const detail = truncate(parts.filter(Boolean).join(' · '), style.columns - columnsOf(left) - 2);
  const paint = painter(status, colors);
  return truncateOrWhole(
    `${left}${detail ? `  ${detail}` : ''}`,
    style.columns,
    (line) =>
      // The symbol and the name carry the colour of the status; the rest stays quiet.
      paint(line.slice(0, 2 + NAME_COLUMNS)) +
      (status === 'running' ? line.slice(2 + NAME_COLUMNS) : colors.dim(line.slice(2 + NAME_COLUMNS))),
  );
}

/** What runs at this step now, with what it does where the service has told. */
function runningOf({ step }: StepState, { workOrder, live }: WatchState) {
  const shown = live?.in_progress?.step === step ? live.in_progress : null;
  const known = workOrder?.in_progress?.step === step ? workOrder.in_progress : null;
  if (!known) return shown && !shown.durable ? shown : null;
  return shown?.attempt === known.attempt ? shown : { ...known, activity: null, last_activity_at: null };
}

/** One line about how an attempt ended. */
function said({ success, error_message: error, output }: EndedAttempt): string {
  return oneLine((success ? output : error)?.trimStart().split('\n')[0] ?? '');
}

function ageOf(timestamp: string | null, nowMs: number): string | null {
  if (timestamp === null) return null;
  const ageMs = nowMs - Date.parse(timestamp);
  // Something that has just happened needs no age, and one that runs with every frame would only distract.
  return ageMs < 2000 ? null : formatAge(ageMs);
}

function ending(workOrder: WorkOrder, { note }: WatchState, columns: number, colors: Colors): readonly string[] {
  switch (workOrder.status) {
    case 'completed': {
      const lines = [colors.green(truncate(`✓ Completed: ${(workOrder.outcome ?? '').replaceAll('_', ' ')}`, columns))];
      if (workOrder.git_branch_name && workOrder.git_commit) lines.push(...indented(deliveredText(workOrder), columns));
      if (workOrder.github_pull_request_url)
        lines.push(...indented(oneLine(workOrder.github_pull_request_url), columns));
      if (workOrder.outcome === 'no_change_needed' && note) lines.push(...indented(oneLine(note), columns));
      return lines;
    }
    case 'failed': {
      const where = workOrder.failed_step ? ` at ${workOrder.failed_step}` : '';
      const why = oneLine(workOrder.error_message ?? 'no reason was given');
      const lines = wrap(`✗ Failed${where}: ${why} (${oneLine(workOrder.error_code ?? 'unknown')})`, columns - 2);
      const next = nextStepOf(workOrder.error_code);
      return [
        ...lines.map((line, index) => colors.red(index === 0 ? line : `  ${line}`)),
        ...(next ? indented(`Next: ${next}`, columns) : []),
      ];
    }
    case 'cancelled':
      return [colors.yellow('■ Cancelled')];
    case 'waiting': {
      const id = oneLine(workOrder.agent_work_order_id);
      const how =
        workOrder.waiting_reason === 'approval'
          ? `awo plan ${id} · awo approve ${id} · awo reject ${id} --reason …`
          : null;
      const lines = wrap(`‖ ${waitingText(workOrder)}`, columns - 2);
      return [
        ...lines.map((line, index) => colors.yellow(index === 0 ? line : `  ${line}`)),
        ...(how ? indented(how, columns) : []),
      ];
    }
    case 'pending':
    case 'running':
      return [];
  }
}

/** What a work order waits for, and when it goes on. */
export function waitingText(workOrder: Pick<WorkOrder, 'waiting_reason' | 'waiting_detail' | 'waiting_until'>): string {
  const { waiting_reason: reason, waiting_detail: detail, waiting_until: until } = workOrder;
  const time = until === null ? '' : `, goes on at ${formatDateTime(until)}`;
  return `Waiting for ${reason}${time}: ${oneLine(detail ?? '')}`;
}

/** Where the work is: branch, commit and size. */
export function deliveredText(
  workOrder: Pick<
    WorkOrder,
    | 'git_branch_name'
    | 'git_commit'
    | 'git_commit_count'
    | 'git_files_changed'
    | 'git_lines_added'
    | 'git_lines_removed'
  >,
): string {
  const size = [
    count(workOrder.git_commit_count, 'commit'),
    count(workOrder.git_files_changed, 'file'),
    `+${workOrder.git_lines_added} −${workOrder.git_lines_removed}`,
  ].join(', ');
  return `Branch ${oneLine(workOrder.git_branch_name ?? '')} at ${oneLine(workOrder.git_commit ?? '').slice(0, 10)} (${size})`;
}

/** What a person can do about an error, when the code is one that this program knows. */
export function nextStepOf(code: string | null): string | null {
  const definition = Object.entries(ERROR_CATALOGUE).find(([known]) => known === code)?.[1];
  return definition?.nextStep ?? null;
}

function questions(state: WatchState, style: RailStyle, columns: number, colors: Colors): readonly string[] {
  const lost = state.connected ? [] : wrap('The connection is lost; trying again …', columns);
  const question = style.question ? wrap(oneLine(style.question), columns) : [];
  return [...lost, ...question].map((line) => colors.yellow(line));
}

function indented(text: string, columns: number): readonly string[] {
  return wrap(text, columns - 2).map((line) => `  ${line}`);
}

function spinner(nowMs: number): string {
  return SPINNER[Math.floor(nowMs / SPINNER_MS) % SPINNER.length] ?? SPINNER[0];
}

function painter(status: RowStatus, colors: Colors): (text: string) => string {
  switch (status) {
    case 'succeeded':
      return colors.green;
    case 'running':
      return colors.cyan;
    case 'failed':
      return colors.red;
    case 'interrupted':
    case 'cancelled':
      return colors.yellow;
    case 'pending':
    case 'skipped':
      return colors.dim;
  }
}

/** Colours are only put on a line that is known to fit, so that none is cut in its middle. */
function truncateOrWhole(line: string, columns: number, paint: (line: string) => string): string {
  const fitting = truncate(line.trimEnd(), columns);
  return paint(fitting);
}
