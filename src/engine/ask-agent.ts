import type { Activity, AgentResult } from '../ports/agent.ts';
import type { LogLine } from './attempt-log.ts';
import type { HistoryWriter } from './history-writer.ts';
import type { RunContext } from './run-context.ts';
import { latestCheckpoint, sandboxOf, workOrderOf } from './run-context.ts';
import type { StepResult } from './steps/step.ts';

const MAX_PROMPT_BYTES = 1_024 * 1_024;
const MAX_ACTIVITY = 200;

/**
 * Gives the agent the prompt of a role, inside the sandbox, and passes on what it does while it does it: each activity
 * becomes a log entry, the session is in the history as soon as it is known. Returns when its process tree is dead.
 */
export async function askAgent(context: RunContext, role: string, args: readonly string[]): Promise<AgentResult> {
  const { history, agent, attemptLog, prompts, signal } = context;
  const attempt = workOrderOf(context).in_progress;
  if (!attempt) throw new Error('an agent was asked outside of an attempt');
  const sandbox = sandboxOf(context);
  const checkpoint = latestCheckpoint(context);
  const prompt = await prompts.prompt({
    name: role,
    args,
    readOverride: (path) => sandbox.readFile({ checkpoint, path, maxBytes: MAX_PROMPT_BYTES }),
  });
  await history.record({ type: 'keep_prompt', prompt });
  attemptLog.activity = `${agent.id} is starting`;
  const result = await agent.run({
    workOrderId: workOrderOf(context).agent_work_order_id,
    step: attempt.step,
    agentName: attempt.agent_name,
    attempt: attempt.attempt,
    prompt,
    model: workOrderOf(context).model,
    directory: sandbox.directory,
    ...(await sandbox.attemptFolders({ agent: agent.id })),
    runProcess: sandbox.runProcess,
    confined: sandbox.confined,
    limits: context.agentLimits,
    maxTurns: null,
    maxCostUsd: null,
    mayChange: true,
    resume: null,
    answerSchema: null,
    signal,
    onActivity: (activity) => take(context, activity),
  });
  await attemptLog.flush();
  await context.reach('after_agent', attempt.step);
  return result;
}

/** What an agent's result makes of a step that consists of asking it. */
export function stepResultOf(result: AgentResult): StepResult {
  const { sessionId: session_id, usage } = result;
  if (result.ok) return { status: 'succeeded', output: result.output, session_id, usage, touchedTree: true };
  const { errorCode: error_code, errorMessage: error_message, output } = result;
  return { status: 'failed', output, error_code, error_message, session_id, usage, touchedTree: true };
}

function take(context: RunContext, activity: Activity): void | Promise<void> {
  const { attemptLog, history } = context;
  const now = activityLine(activity);
  if (now) attemptLog.activity = now;
  if (activity.kind === 'session' && history.workOrder.agent_session_id !== activity.sessionId) {
    return keepSession(history, activity.sessionId);
  }
  const line = logLine(activity);
  return line ? attemptLog.add(line) : undefined;
}

async function keepSession(history: HistoryWriter, session_id: string): Promise<void> {
  try {
    await history.record({ type: 'keep_session', session_id });
  } catch {
    // An outdone writer refuses; the run then ends by its signal, not by the agent's stream.
  }
}

function activityLine(activity: Activity): string | null {
  switch (activity.kind) {
    case 'tool_call':
      return oneLine(activity.summary);
    case 'thinking':
      return 'thinking';
    case 'permission':
      return oneLine(`${activity.allowed ? 'allowed' : 'not allowed'}: ${activity.summary}`);
    case 'plan':
      return oneLine(activity.entries.find(({ status }) => status === 'in_progress')?.text ?? '') || null;
    case 'retry':
    case 'text':
      return activity.kind === 'retry' ? oneLine(activity.message) : oneLine(activity.text) || null;
    case 'message':
      return oneLine(activity.text) || null;
    default:
      return null;
  }
}

function logLine(activity: Activity): LogLine | null {
  switch (activity.kind) {
    case 'text':
    case 'thinking':
      return { level: activity.kind === 'text' ? 'info' : 'debug', event: activity.kind, message: activity.text };
    case 'tool_call': {
      const { tool, summary, input } = activity;
      return { level: 'info', event: 'tool_call', message: summary, data: { tool, input } };
    }
    case 'tool_result':
      return {
        level: activity.ok ? 'debug' : 'warn',
        event: 'tool_result',
        message: activity.text,
        data: { ok: activity.ok },
      };
    case 'permission': {
      const { tool, summary, allowed } = activity;
      const message = `${allowed ? 'Allowed' : 'Not allowed'}: ${summary}`;
      return { level: allowed ? 'debug' : 'warn', event: 'permission', message, data: { tool, allowed } };
    }
    case 'plan': {
      const { entries } = activity;
      const done = entries.filter(({ status }) => status === 'completed').length;
      return { level: 'info', event: 'plan', message: `${done} of ${entries.length} tasks done`, data: { entries } };
    }
    case 'retry':
      return { level: 'warn', event: 'retry', message: activity.message };
    case 'usage':
      return { level: 'debug', event: 'usage', message: 'usage so far', data: activity.usage };
    case 'message':
      return { level: activity.level, event: 'message', message: activity.text };
    case 'session':
      return null;
  }
}

function oneLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > MAX_ACTIVITY ? `${line.slice(0, MAX_ACTIVITY - 1)}…` : line;
}
