import { describe, expect, test } from 'vitest';
import type { StepsView } from '../contract/steps.ts';
import { decide } from '../domain/decide.ts';
import type { NewEvent, WorkOrderEvent } from '../domain/event.ts';
import type { AttemptResult, Command } from '../domain/work-order.ts';
import type { StepName } from '../domain/workflow.ts';
import { STEP_NAMES } from '../domain/workflow.ts';
import type { RailStyle } from './rail.ts';
import { rail } from './rail.ts';
import { columnsOf } from './text.ts';
import type { WatchState } from './watch-state.ts';
import { NOTHING_SEEN, seen } from './watch-state.ts';

const START_MS = Date.parse('2026-11-23T09:30:00.000Z');
const STYLE: RailStyle = { columns: 80, rows: 40, color: false, nowMs: START_MS + 5000 };
const RESULT: AttemptResult = {
  status: 'succeeded',
  output: null,
  output_truncated: false,
  answer: null,
  limit_resets_at: null,
  checks: [],
  error_code: null,
  error_message: null,
  duration_seconds: 1.2,
  session_id: null,
  usage: null,
  checkpoint: null,
  changes: null,
};

type Said = Command extends infer Each ? (Each extends Command ? Omit<Each, 'at'> : never) : never;

/** A work order to which things happen, one a second. */
class Story {
  state: WatchState = NOTHING_SEEN;
  private seq = 0;

  constructor(user_request = 'Add a dark mode') {
    this.tell({
      type: 'create',
      confinement: null,
      request: {
        repository_url: 'https://example.test/shop.git',
        user_request,
        workflow_type: 'agent_workflow_plan',
        sandbox_type: 'git_worktree',
        github_issue_number: null,
        agent: 'demo',
        agent_chosen_by: 'request',
        repository_defaults: null,
        step_agents: {},
        model: null,
        base_branch: null,
        approvals: [],
      },
    });
    this.tell({ type: 'start' });
  }

  tell(command: Said): this {
    const at = new Date(START_MS + this.seq * 1000).toISOString();
    for (const event of decide({ ...command, at }, this.state.workOrder)) {
      this.seq += 1;
      this.state = seen(this.state, saved(event, this.seq));
    }
    return this;
  }

  start(step: StepName): this {
    return this.tell({ type: 'start_attempt', step });
  }

  finish(result: Partial<AttemptResult> = {}): this {
    return this.tell({ type: 'finish_attempt', result: { ...RESULT, ...result } });
  }

  showing(live: Partial<StepsView>): WatchState {
    const none = { steps: [], steps_completed: 0, current_step: null, in_progress: null, remaining_steps: [] };
    return { ...this.state, live: { agent_work_order_id: 'wo-test', ...none, ...live } };
  }
}

function saved(event: NewEvent, seq: number): WorkOrderEvent {
  const { document: _, ...rest } = event;
  return { ...rest, agent_work_order_id: 'wo-test', seq, position: seq };
}

function frame(state: WatchState, style: Partial<RailStyle> = {}): string {
  return rail(state, { ...STYLE, ...style }).join('\n');
}

describe('a frame', () => {
  test('while a step runs', () => {
    const story = new Story().start('classify').finish({ output: '/feature\nbecause' }).start('plan');
    const state = story.showing({
      in_progress: {
        step: 'plan',
        agent_name: 'planner',
        attempt: 1,
        started_at: '2026-11-23T09:30:02.000Z',
        agent: 'demo',
        model: null,
        activity: 'reading src/app.ts',
        last_activity_at: '2026-11-23T09:30:01.500Z',
        durable: true,
      },
    });
    expect(frame(state)).toBe(
      [
        '',
        'wo-test · running · 5.0 s',
        'Add a dark mode',
        'https://example.test/shop.git · agent demo',
        '',
        '✓ classify              1.2 s  /feature',
        '⠋ plan                  3.0 s  reading src/app.ts · 3 s ago',
        '· find_plan',
        '· generate_branch',
        '· implement',
        '· commit',
        '· create_pr',
      ].join('\n'),
    );
  });

  test('of a work order that failed at its second attempt', () => {
    const failed = { status: 'failed', error_code: 'agent_idle', error_message: 'Nothing for 10 min.' } as const;
    const story = new Story().start('classify').finish({ ...failed, status: 'interrupted' });
    story.start('classify').finish(failed);
    story.tell({ type: 'fail', error_code: 'agent_idle', error_message: 'Nothing for 10 min.' });
    expect(frame(story.state)).toBe(
      [
        '',
        'wo-test · failed · 6.0 s',
        'Add a dark mode',
        'https://example.test/shop.git · agent demo',
        '',
        '✗ classify              1.2 s  attempt 2 · Nothing for 10 min.',
        '· plan',
        '· find_plan',
        '· generate_branch',
        '· implement',
        '· commit',
        '· create_pr',
        '',
        '✗ Failed at classify: Nothing for 10 min. (agent_idle)',
        '  Next: Look at the last entries of the log and retry.',
      ].join('\n'),
    );
  });

  test('of a completed one says where the work is', () => {
    const story = new Story();
    for (const step of STEP_NAMES) {
      story.start(step);
      if (step === 'commit') {
        story.tell({ type: 'complete_effect', effect: { effect: 'branch', git_branch_name: 'feat-wo-test-dark' } });
        const changes = { files_changed: 3, lines_added: 20, lines_removed: 1 };
        const commit = { commit: '0123456789abcdef', message: 'feat: dark', git_commit_count: 1, changes };
        story.tell({ type: 'complete_effect', effect: { effect: 'commit', ...commit } });
      }
      story.finish(step === 'create_pr' ? { status: 'skipped' } : {});
    }
    story.tell({ type: 'complete', outcome: 'branch_pushed' });
    const lines = rail(story.state, STYLE);
    expect(lines.slice(-5)).toEqual([
      '✓ commit                1.2 s',
      '– create_pr             1.2 s',
      '',
      '✓ Completed: branch pushed',
      '  Branch feat-wo-test-dark at 0123456789 (1 commit, 3 files, +20 −1)',
    ]);
  });

  test('of a cancelled one', () => {
    const story = new Story().start('classify').tell({ type: 'request_cancel' });
    expect(frame(story.state)).toContain('wo-test · cancelling');
    story.finish({ status: 'cancelled' }).tell({ type: 'cancel', detail: '' });
    expect(rail(story.state, STYLE).at(-1)).toBe('■ Cancelled');
  });

  test('shows what is not saved yet, and says so', () => {
    const attempt = { ...RESULT, step: 'classify', agent_name: 'classifier', attempt: 1, success: true } as const;
    const at = { agent: 'demo', model: null, started_at: '', finished_at: '', timestamp: '' };
    const state = new Story()
      .start('classify')
      .showing({ steps: [{ ...attempt, ...at, output: '/bug', usage: null, changes: null, durable: false }] });
    const unsaved = { ...state, workOrder: { ...state.workOrder!, in_progress: null } };
    expect(frame(unsaved)).toContain('✓ classify              1.2 s  not saved yet · /bug');
  });

  test('carries the question and the state of the connection at its end', () => {
    const state = { ...new Story().state, connected: false };
    expect(rail(state, { ...STYLE, question: 'Cancel it?' }).slice(-2)).toEqual([
      'The connection is lost; trying again …',
      'Cancel it?',
    ]);
  });

  test('before the first event', () => {
    expect(rail(NOTHING_SEEN, STYLE)).toEqual(['Waiting for the first event …']);
  });
});

describe('whatever an agent says', () => {
  const nasty = '\u001b[2J\u202eevil\n日本語'.repeat(40);
  const story = new Story(nasty).start('classify').finish({ output: nasty });
  story.start('plan').finish({ status: 'failed', error_code: 'agent_crashed', error_message: nasty });
  story.tell({ type: 'fail', error_code: 'agent_crashed', error_message: nasty });

  test.each([10, 40, 80, 300])('no line is wider than a terminal of %i columns', (columns) => {
    for (const line of rail(story.state, { ...STYLE, columns })) expect(columnsOf(line)).toBeLessThanOrEqual(columns);
  });

  test('no escape and no bidi control gets through', () => {
    expect(frame(story.state).replaceAll('\n', '')).not.toMatch(/[\p{Control}\u202e]/u);
  });

  test.each([2, 5, 8, 12, 20])('a frame leaves the last of %i rows to the cursor', (rows) => {
    expect(rail(story.state, { ...STYLE, rows }).length).toBeLessThan(rows);
  });
});

test('colours only when they are wanted', () => {
  const { state } = new Story().start('classify').finish();
  expect(frame(state)).not.toContain('\u001b');
  expect(frame(state, { color: true })).toContain('\u001b[32m✓ classify');
});
