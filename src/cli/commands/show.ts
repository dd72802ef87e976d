import type { Command } from 'commander';
import type { StepsView } from '../../contract/steps.ts';
import type { WorkOrderView } from '../../contract/work-order.ts';
import type { Context } from '../context.ts';
import { EXIT, defineCommand } from '../context.ts';
import { formatAge, formatDateTime, formatDuration } from '../format.ts';
import { agentText, labelledLines, stepAgentsText } from '../labelled.ts';
import { deliveredText, nextStepOf, waitingText } from '../rail.ts';
import { connectToRead } from '../service.ts';
import { cleanLines, oneLine } from '../text.ts';
import { idOf } from '../work-order-argument.ts';

type EndedView = StepsView['steps'][number];

export function defineShow(command: Command): void {
  command.option('--output', 'Show what each attempt said, whole.');
  command.option('--prompt <STEP>', 'Show nothing but the exact prompt of a step, or of the attempt of this number.');
  defineCommand(command, {
    examples: [
      'awo show wo-4f7k2m9x',
      'awo show wo-4f7k2m9x --output',
      'awo show wo-4f7k2m9x --prompt plan',
      'awo show wo-4f7k2m9x --json | jq .status',
    ],
    run: async (context, called) => {
      const { output, prompt }: { readonly output?: boolean; readonly prompt?: string } = called.opts();
      if (prompt !== undefined) return showPrompt(context, idOf(called), prompt);
      return show(context, idOf(called), output === true);
    },
  });
}

async function show(context: Context, id: string, withOutput: boolean): Promise<number> {
  const connection = await connectToRead(context.configuration);
  try {
    const workOrder = await connection.client.workOrder(id);
    const answer = await connection.client.steps(id);
    if (context.json) context.print({ ...workOrder, step_history: answer?.steps ?? null });
    else {
      for (const line of facts(workOrder)) context.say(line);
      if (answer) for (const line of history(answer.steps, { withOutput, nowMs: Date.now() })) context.say(line);
    }
  } finally {
    await connection.close();
  }
  return EXIT.ok;
}

/** The prompt alone, byte for byte, so that it can be piped. */
async function showPrompt(context: Context, id: string, which: string): Promise<number> {
  const connection = await connectToRead(context.configuration);
  try {
    const found = await connection.client.prompt(id, which);
    if (context.json) context.print({ agent_work_order_id: id, ...found });
    else context.stdout.write(context.stdout.isTTY ? `${cleanLines(found.prompt).join('\n')}\n` : found.prompt);
  } finally {
    await connection.close();
  }
  return EXIT.ok;
}

function facts(workOrder: WorkOrderView): readonly string[] {
  const { status, waiting_reason: waiting, outcome, error_code: code } = workOrder;
  const how = waiting ? 'waiting' : outcome ? `${status}: ${outcome}` : status;
  const ending =
    workOrder.cancel_requested && (status === 'running' || status === 'pending') ? ', cancel requested' : '';
  const where = workOrder.failed_step ? `at ${workOrder.failed_step}: ` : '';
  const failure = workOrder.error_message ? `${where}${workOrder.error_message} (${code ?? 'unknown'})` : null;
  const labelled: readonly (readonly [string, string | null])[] = [
    ['Work order', workOrder.agent_work_order_id],
    ['Request', workOrder.user_request],
    ['Repository', workOrder.repository_url],
    ['Status', `${how}${ending}`],
    ['Waiting', waiting && waitingText(workOrder)],
    ['Failed', failure],
    ['Next', nextStepOf(code)],
    [
      'Messages',
      workOrder.prompts_queued > 0
        ? `${workOrder.prompts_queued} queued: awo prompts ${workOrder.agent_work_order_id}`
        : null,
    ],
    [
      'Forked from',
      workOrder.forked_from && `${workOrder.forked_from.agent_work_order_id} after ${workOrder.forked_from.step}`,
    ],
    ['Agent', agentText(workOrder)],
    ['For steps', stepAgentsText(workOrder.step_agents)],
    ['Issue', workOrder.github_issue_number],
    ['Asked for by', requester(workOrder)],
    ['Checks', workOrder.checks && workOrder.checks.join(' · ')],
    ['Base', workOrder.base_branch && `${workOrder.base_branch} ${workOrder.base_commit?.slice(0, 10) ?? ''}`],
    ['Branch', workOrder.git_branch_name],
    ['Delivered', workOrder.git_commit && deliveredText(workOrder)],
    ['Pull request', workOrder.github_pull_request_url],
    ['Plan', workOrder.plan_path && `${workOrder.plan_path} (version ${workOrder.plan_version})`],
    ['Session', workOrder.agent_session_id],
    ['Sandbox', workOrder.sandbox_identifier && `${workOrder.sandbox_identifier} (${workOrder.sandbox_type})`],
    ['Created', formatDateTime(workOrder.created_at)],
    ['Changed', formatDateTime(workOrder.updated_at)],
  ];
  return labelledLines(labelled);
}

function requester({ requested_by: by }: WorkOrderView): string | null {
  return by && `${by.user} on ${by.forge} (${by.url})`;
}

function history(
  { steps, in_progress: running, remaining_steps: remaining, current_step: current }: StepsView,
  { withOutput, nowMs }: { readonly withOutput: boolean; readonly nowMs: number },
): readonly string[] {
  const lines = ['', 'Steps'];
  for (const attempt of steps) {
    lines.push(ended(attempt));
    const text = withOutput ? (attempt.error_message ?? attempt.output) : null;
    if (text) lines.push(...cleanLines(text).map((line) => `      ${line}`.trimEnd()));
    for (const check of attempt.checks) {
      lines.push(`      ${checkText(check)}`);
      if (withOutput) lines.push(...cleanLines(check.output).map((line) => `        ${line}`.trimEnd()));
    }
  }
  if (running) {
    const lasted = formatDuration((nowMs - Date.parse(running.started_at)) / 1000);
    const age = formatAge(nowMs - Date.parse(running.last_activity_at));
    const doing = running.activity ? `${oneLine(running.activity)} · ${age}` : age;
    lines.push(`  ${row(running.step, running.attempt, 'running', lasted)}  ${doing}`);
  }
  const waiting = [...(running || !current ? [] : [current]), ...remaining];
  if (waiting.length > 0) lines.push(`  Not yet done: ${waiting.join(', ')}`);
  return lines;
}

function ended(attempt: EndedView): string {
  const said = oneLine((attempt.error_message ?? attempt.output ?? '').trimStart().split('\n')[0] ?? '');
  const unsaved = attempt.durable ? '' : 'not saved yet · ';
  return `  ${row(attempt.step, attempt.attempt, attempt.status, formatDuration(attempt.duration_seconds))}  ${unsaved}${said}`.trimEnd();
}

function checkText({
  command,
  status,
  exit_code: code,
  duration_seconds: seconds,
  out_of_memory: memory,
}: EndedView['checks'][number]): string {
  const how = status === 'failed' && code !== null ? ` with exit code ${code}` : '';
  const why = memory === undefined ? '' : ', out of memory';
  return `Check ${status.replace('_', ' ')}${how}${why} in ${formatDuration(seconds)}: ${oneLine(command)}`;
}

function row(step: string, attempt: number, status: string, duration: string): string {
  return `${step.padEnd(15)}  ${`#${attempt}`.padEnd(3)} ${status.padEnd(11)} ${duration.padStart(11)}`;
}
