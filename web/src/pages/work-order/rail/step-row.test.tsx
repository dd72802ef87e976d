import { cleanup, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { renderPage } from '../../../testing/render-page.tsx';
import type { RunningStep, ShownAttempt } from '../use-live-work-order.ts';
import { StepRow } from './step-row.tsx';

afterEach(cleanup);

const ENDED: ShownAttempt = {
  step: 'implement',
  agent_name: 'implementor',
  attempt: 1,
  started_at: '2026-11-25T09:00:00.000Z',
  agent: 'claude',
  model: null,
  status: 'failed',
  success: false,
  output: null,
  output_truncated: false,
  answer: null,
  error_code: 'check_failed',
  error_message: 'The check "npm test" ended with exit code 1.',
  limit_resets_at: null,
  duration_seconds: 42,
  session_id: null,
  finished_at: '2026-11-25T09:00:42.000Z',
  timestamp: '2026-11-25T09:00:42.000Z',
  usage: { input_tokens: 1_000, output_tokens: 200, cost_usd: 0.25 },
  checkpoint: null,
  changes: null,
  checks: [
    {
      command: 'npm test',
      status: 'failed',
      exit_code: 1,
      duration_seconds: 3,
      output: 'expected 2 to be 3',
      output_truncated: false,
    },
  ],
  durable: true,
};

const RUNNING: RunningStep = {
  step: 'implement',
  agent_name: 'implementor',
  attempt: 2,
  started_at: new Date().toISOString(),
  agent: 'claude',
  model: null,
  activity: 'editing src/theme.ts',
  last_activity_at: new Date().toISOString(),
  durable: true,
};

type Props = Parameters<typeof StepRow>[0];

function show(props: Partial<Props>) {
  const onSelect = vi.fn<() => void>();
  const state = { step: 'implement', attempts: 1, status: 'failed' } as const;
  const all: Props = {
    state,
    attempts: [ENDED],
    running: null,
    usual: null,
    isFailure: false,
    isSelected: false,
    onSelect,
    ...props,
  };
  renderPage(() => <StepRow {...all} />);
  return onSelect;
}

test('a failed step opens itself: reason, next step, code, and the check with its exit code and output', async () => {
  show({ isFailure: true });
  const row = await screen.findByRole('listitem');
  for (const part of ['ended with exit code 1', 'check_failed', 'npm test', 'exit code 1', 'expected 2 to be 3'])
    expect(row.textContent).toContain(part);
});

test('a running one tells what it is doing, its attempts, its cost and what is usual; and can be chosen', async () => {
  const usual = { step: 'implement', median_seconds: 40, attempts: 12, of: 'repository' } as const;
  const onSelect = show({ running: RUNNING, usual });
  const button = await screen.findByRole('button', { name: /implement/ });
  for (const part of ['running', 'attempts:', 'failed', 'editing src/theme.ts', '1.2K tokens', '$0.25', 'usually 40 s'])
    expect(button.textContent).toContain(part);
  await userEvent.setup().click(button);
  expect(onSelect).toHaveBeenCalledOnce();
});

test('what the store refuses is shown as not yet saved', async () => {
  show({ attempts: [{ ...ENDED, durable: false }] });
  expect((await screen.findByRole('listitem')).textContent).toContain('not yet saved');
});
