import type { Activity } from '../ports/agent.ts';
import type { LogLine } from './log-line.ts';

const MAX_LINE = 200;

/** What `in_progress` shows of an activity; null leaves what it shows. */
export function activityLine(activity: Activity): string | null {
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
      return oneLine(activity.message);
    case 'text':
    case 'message':
      return oneLine(activity.text) || null;
    default:
      return null;
  }
}

/** The log entry of an activity; null for one that is an event of its own. */
export function logLine(activity: Activity): LogLine | null {
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
    case 'message':
      return { level: activity.level, event: 'message', message: activity.text };
    case 'session':
    case 'usage':
      return null;
  }
}

/** The first line of a text, bounded. */
export function oneLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line;
}
