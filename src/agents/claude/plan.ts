import type { Activity } from '../../ports/agent.ts';
import { claudePlanCall } from './schema.ts';
import type { ClaudePlanCall } from './schema.ts';

type Entries = Extract<Activity, { kind: 'plan' }>['entries'];

/** Its list of tasks, put together from the calls that change it. */
export interface ClaudePlan {
  /** A tool is called; what it does to the list counts once it has succeeded. */
  called(call: { readonly id: string; readonly name: string; readonly input: unknown }): void;
  /** The whole list where the call has changed it, else null. */
  succeeded(call: { readonly id: string; readonly taskId: string | null }): Entries | null;
}

/** A session that is gone on with has tasks from before: they are in the list only once they are touched with a name. */
export function createClaudePlan(): ClaudePlan {
  const calls = new Map<string, ClaudePlanCall>();
  let tasks = new Map<string, Entries[number]>();

  return {
    called({ id, name, input }) {
      const call = claudePlanCall.safeParse({ name, input });
      if (call.success) calls.set(id, call.data);
    },
    succeeded({ id, taskId }) {
      const call = calls.get(id);
      if (call === undefined) return null;
      calls.delete(id);
      apply(call, taskId);
      return [...tasks.values()];
    },
  };

  function apply(call: ClaudePlanCall, taskId: string | null): void {
    if (call.name === 'TodoWrite') {
      tasks = new Map(call.input.todos.map(({ content, status }, index) => [String(index), { text: content, status }]));
    } else if (call.name === 'TaskCreate') {
      tasks.set(taskId ?? `${tasks.size + 1}`, { text: call.input.subject, status: 'pending' });
    } else if (call.input.status === 'deleted') {
      tasks.delete(call.input.taskId);
    } else {
      const { taskId: changed, subject, status } = call.input;
      const text = subject ?? tasks.get(changed)?.text;
      if (text !== undefined) tasks.set(changed, { text, status: status ?? tasks.get(changed)?.status ?? 'pending' });
    }
  }
}
