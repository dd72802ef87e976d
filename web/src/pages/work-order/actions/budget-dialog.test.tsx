import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TimelessCommand } from '../../../../../src/domain/work-order.ts';
import { renderPage } from '../../../testing/render-page.tsx';
import { ScriptedService } from '../../../testing/scripted-service.ts';
import { ID, SUCCESS, aWorkOrder } from '../../../testing/work-order.ts';
import { BudgetDialog } from './budget-dialog.tsx';

const PATH = `/agent-work-orders/${ID}`;
const FAILED: readonly TimelessCommand[] = [
  { type: 'start' },
  { type: 'start_attempt', step: 'classify' },
  {
    type: 'finish_attempt',
    result: {
      ...SUCCESS,
      status: 'failed',
      error_code: 'budget_exhausted',
      error_message: 'It is spent.',
      usage: { input_tokens: 10, output_tokens: 10, cost_usd: 2.5 },
    },
  },
  { type: 'fail', error_code: 'budget_exhausted', error_message: 'It is spent.' },
];
const WAITING: readonly TimelessCommand[] = [
  { type: 'start' },
  { type: 'wait', reason: 'quota', detail: 'It is spent.', until: '2026-11-26T00:00:00.000Z', budget: 'service_day' },
];

let service: ScriptedService;
beforeEach(() => {
  service = new ScriptedService().on(`POST ${PATH}/budget`, {}).on(`POST ${PATH}/retry`, {});
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

async function open(commands: readonly TimelessCommand[]) {
  const { workOrder } = aWorkOrder(commands, { budget: { cost_usd: 2, tokens: null, minutes: 60 } });
  const onClose = vi.fn<() => void>();
  renderPage(() => <BudgetDialog workOrder={workOrder} onClose={onClose} />);
  return { dialog: within(await screen.findByRole('dialog')), onClose, user: userEvent.setup() };
}

test('of one that has spent it: proposes more, says what was spent, and takes it up again', async () => {
  const { dialog, onClose, user } = await open(FAILED);
  expect(dialog.getByRole('textbox', { name: 'US dollars' })).toHaveProperty('value', '5');
  dialog.getByText('spent $2.50');
  dialog.getByText(/taken up again at classify/);
  await user.clear(dialog.getByRole('textbox', { name: 'Minutes' }));
  await user.type(dialog.getByRole('textbox', { name: 'By (optional)' }), 'ada');
  await user.click(dialog.getByRole('button', { name: 'Change the budget, and retry' }));
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(service.asked).toEqual([`POST ${PATH}/budget`, `POST ${PATH}/retry`]);
  expect(service.sent).toEqual([{ budget: { cost_usd: 5, minutes: null }, by: 'ada', until: null, reason: null }, {}]);
});

test('of one that waits for the next day: lets it go on beyond, and changes nothing else', async () => {
  const { dialog, onClose, user } = await open(WAITING);
  dialog.getByText(/It goes on at once/);
  expect(dialog.queryByRole('checkbox', { name: /Take it up again/ })).toBeNull();
  await user.click(dialog.getByRole('button', { name: 'Change the budget' }));
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(service.sent).toEqual([{ beyond_daily: true, by: null, until: null, reason: null }]);
});

test('shows a fault at its field, and cannot be sent while nothing is changed', async () => {
  const fault = { path: 'budget.tokens', message: 'It must be a whole number.' };
  service.refuse(`POST ${PATH}/budget`, { status: 422, code: 'invalid_request', detail: 'No.', errors: [fault] });
  const { dialog, onClose, user } = await open([{ type: 'start' }]);
  const button = dialog.getByRole('button', { name: 'Change the budget' });
  expect(button.getAttribute('aria-disabled')).toBe('true');
  const tokens = dialog.getByRole('textbox', { name: 'Tokens' });
  await user.type(tokens, 'many');
  await user.click(button);
  expect((await dialog.findByRole('alert')).textContent).toBe('It must be a whole number.');
  expect(document.activeElement).toBe(tokens);
  expect(onClose).not.toHaveBeenCalled();
});
