import { describe, expect, test } from 'vitest';
import type { History } from '../../test/suites/histories.ts';
import { aWorkOrder, runStep, runSteps } from '../../test/suites/histories.ts';
import type { EndedAttempt } from '../domain/step.ts';
import { STEP_NAMES } from '../domain/workflow.ts';
import { workOrderReport } from './issue-report.ts';

function reportOf({ workOrder, events }: History, publicUrl: string | null = null) {
  const attempts = events.flatMap((event): EndedAttempt[] => (event.type === 'attempt_finished' ? [event.data] : []));
  return workOrderReport({ workOrder, attempts, publicUrl });
}

/** A history up to its last step, which is running. */
function delivering(): History {
  const history = aWorkOrder();
  runSteps(history, STEP_NAMES.length - 1);
  return history;
}

describe('the comment on an issue', () => {
  test('begins with where the work order can be followed', () => {
    const history = aWorkOrder();
    const id = history.workOrderId;
    const { text, marker, isFinal } = reportOf(history);
    expect(text).toMatch(
      `**Work order \`${id}\`** was accepted and waits for its turn. Follow it with \`awo watch ${id}\`.\n\n| step |`,
    );
    expect(text.endsWith(`\n\n${marker}`)).toBe(true);
    expect([marker, isFinal]).toEqual([`<!-- agent-work-orders ${id} -->`, false]);
    expect(reportOf(history, 'https://x.example').text).toMatch(`[${id}](https://x.example/agent-work-orders/${id})`);
  });

  test('has a row for each step, with the time and the number of its attempts', () => {
    const history = aWorkOrder();
    runSteps(history, 1);
    history.give({ type: 'start_attempt', step: 'plan' });
    history.give({ type: 'finish_attempt', result: { ...FAILED, status: 'interrupted' } });
    runStep(history, 'plan', { duration_seconds: 100 });
    const rows = reportOf(history)
      .text.split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(1);
    expect(rows).toEqual([
      '| classify | ✓ done | 1.3 s |',
      '| plan | ✓ done (attempt 2) | 1 min 42 s |',
      ...STEP_NAMES.slice(2).map((step) => `| ${step} |  |  |`),
    ]);
  });

  test('ends with the pull request', () => {
    const history = delivering();
    history.give({ type: 'start_attempt', step: 'create_pr' });
    const url = 'https://github.com/ada/engine/pull/2';
    history.give({ type: 'complete_effect', effect: { effect: 'pull_request', github_pull_request_url: url } });
    history.give({ type: 'finish_attempt', result: { ...FAILED, status: 'succeeded' } });
    history.give({ type: 'complete', outcome: 'pull_request_opened' });
    const { text, isFinal } = reportOf(history);
    expect(text).toContain(`is done.\n\n`);
    expect(text).toContain(`\n\nPull request: ${url}\n\n`);
    expect(text).not.toContain('awo watch');
    expect(isFinal).toBe(true);
  });

  test('ends with the reason where nothing had to be changed, and with the branch where there are no pull requests', () => {
    const history = aWorkOrder();
    runSteps(history, 4);
    const no_change_reason = 'It is there already, @ada.';
    const nothing = { commit_message: null, pull_request_title: null, pull_request_body: null };
    runStep(history, 'implement', { answer: { ...nothing, no_change_reason } });
    runSteps(history);
    history.give({ type: 'complete', outcome: 'no_change_needed' });
    expect(reportOf(history).text).toContain(`\n\n\`\`\`text\n${no_change_reason}\n\`\`\`\n\n`);
    const pushed = aWorkOrder();
    runSteps(pushed);
    pushed.give({ type: 'complete', outcome: 'branch_pushed' });
    expect(reportOf(pushed).text).toContain('was pushed; open a pull request for it by hand.');
  });

  test('says what a waiting work order waits for, and that a cancelled one is', () => {
    const history = delivering();
    history.give({ type: 'wait', reason: 'forge', detail: 'The forge is away.', until: '2026-01-01T01:00:00.000Z' });
    const { text, isFinal } = reportOf(history);
    expect(text).toContain('waits (forge) and goes on at 2026-01-01T01:00:00.000Z.');
    expect(text).toContain('```text\nThe forge is away.\n```');
    expect(isFinal).toBe(false);
    history.give({ type: 'cancel', detail: 'By a person.' });
    expect(reportOf(history)).toMatchObject({ text: expect.stringContaining('was cancelled.'), isFinal: true });
  });
});

const FAILED = {
  status: 'failed',
  output: null,
  output_truncated: false,
  answer: null,
  limit_resets_at: null,
  checks: [],
  error_code: null,
  error_message: null,
  duration_seconds: 2,
  session_id: null,
  usage: null,
  checkpoint: null,
  changes: null,
} as const;
