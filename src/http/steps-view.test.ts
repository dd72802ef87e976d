import { describe, expect, test } from 'vitest';
import { decide } from '../domain/decide.ts';
import type { NewEvent } from '../domain/event.ts';
import { evolve } from '../domain/project.ts';
import type { EndedAttempt } from '../domain/step.ts';
import type { Command, WorkOrder } from '../domain/work-order.ts';
import { STEP_NAMES } from '../domain/workflow.ts';
import { stepRange } from './routes/diff.ts';
import { stepsView } from './steps-view.ts';

const ID = 'wo-test1';
const AT = '2026-11-23T09:00:00.000Z';

/** A history of two finished steps and a running third. */
function history(): readonly NewEvent[] {
  const events: NewEvent[] = [];
  let state: WorkOrder | null = null;
  const tell = (command: Command) => {
    for (const event of decide(command, state)) {
      events.push(event);
      state = evolve(state, event, ID);
    }
  };
  tell({
    type: 'create',
    confinement: null,
    at: AT,
    request: {
      repository_url: 'https://example.test/shop.git',
      user_request: 'Add a dark mode',
      workflow_type: 'agent_workflow_plan',
      sandbox_type: 'git_worktree',
      github_issue_number: null,
      agent: 'scripted',
      agent_chosen_by: 'request',
      repository_defaults: null,
      step_agents: {},
      model: null,
      base_branch: null,
      approvals: [],
    },
  });
  tell({ type: 'start', at: AT });
  for (const step of STEP_NAMES.slice(0, 2)) {
    tell({ type: 'start_attempt', at: AT, step });
    tell({ type: 'finish_attempt', at: AT, result: result() });
  }
  tell({ type: 'start_attempt', at: AT, step: 'find_plan' });
  return events;
}

function result() {
  return {
    status: 'succeeded',
    output: null,
    output_truncated: false,
    answer: null,
    limit_resets_at: null,
    checks: [],
    error_code: null,
    error_message: null,
    duration_seconds: 1,
    session_id: null,
    usage: null,
    checkpoint: null,
    changes: null,
  } as const;
}

/** What the store shows after the first `count` events. */
function saved(events: readonly NewEvent[], count: number) {
  let workOrder: WorkOrder | null = null;
  const attempts: EndedAttempt[] = [];
  for (const event of events.slice(0, count)) {
    workOrder = evolve(workOrder, event, ID);
    if (event.type === 'attempt_finished') attempts.push(event.data);
  }
  if (!workOrder) throw new Error('nothing was saved');
  return { workOrder, attempts };
}

describe('stepsView', () => {
  const events = history();

  test('lays what is unsaved over what is saved, and says which is which', () => {
    const view = stepsView({ ...saved(events, 4), unsaved: events.slice(4), live: null });
    expect(view.steps.map(({ step, durable }) => [step, durable])).toEqual([
      ['classify', true],
      ['plan', false],
    ]);
    expect(view).toMatchObject({
      steps_completed: 2,
      current_step: 'find_plan',
      in_progress: { step: 'find_plan', attempt: 1, durable: false, activity: null, last_activity_at: AT },
    });
  });

  test('shows the same however much of the unsaved was saved since it was taken', () => {
    const taken = events.slice(2);
    const shown = (count: number) => {
      const { steps, ...view } = stepsView({ ...saved(events, count), unsaved: taken, live: null });
      return {
        ...view,
        in_progress: { ...view.in_progress, durable: null },
        steps: steps.map(({ step, attempt }) => [step, attempt]),
      };
    };
    for (let count = 3; count <= events.length; count += 1) expect(shown(count)).toEqual(shown(2));
  });

  test('does not pass off the last word of an earlier attempt as the activity of this one', () => {
    const live = { activity: 'reading', lastActivityAt: '2026-11-23T08:59:59.000Z', unsaved: [] };
    const view = stepsView({ ...saved(events, events.length), unsaved: [], live });
    expect(view.in_progress).toMatchObject({ activity: null, last_activity_at: AT, durable: true });
    const later = { ...live, lastActivityAt: '2026-11-23T09:00:01.000Z' };
    expect(stepsView({ ...saved(events, events.length), unsaved: [], live: later }).in_progress).toMatchObject({
      activity: 'reading',
      last_activity_at: '2026-11-23T09:00:01.000Z',
    });
  });
});

describe('the range of a diff', () => {
  test('of a step begins where the steps before it had come to', () => {
    const { workOrder, attempts } = saved(history(), 6);
    const [classify, plan] = attempts;
    if (!classify || !plan) throw new Error('two attempts are in the history');
    const failed = { ...plan, success: false, status: 'failed', checkpoint: 'c2' } as const;
    const ended = [{ ...classify, checkpoint: 'c1' }, failed, { ...plan, attempt: 2, checkpoint: 'c3' }];
    const state = { ...workOrder, base_commit: 'base' };
    expect(stepRange({ workOrder: state, attempts: ended }, 'plan')).toEqual({ from: 'c1', to: 'c3' });
    expect(stepRange({ workOrder: state, attempts: ended }, 'classify')).toEqual({ from: 'base', to: 'c1' });
    expect(stepRange({ workOrder: state, attempts: ended }, 'commit')).toBeNull();
  });
});
