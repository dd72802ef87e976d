import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { renderPage } from '../../../testing/render-page.tsx';
import { ScriptedService } from '../../../testing/scripted-service.ts';
import { aWorkOrder } from '../../../testing/work-order.ts';
import { RetryDialog } from './again-dialogs.tsx';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show({ canKeepWork }: { readonly canKeepWork: boolean }) {
  const { workOrder } = aWorkOrder([]);
  const route = `POST /agent-work-orders/${workOrder.agent_work_order_id}/retry`;
  const service = new ScriptedService().on(route, workOrder);
  renderPage(() => (
    <RetryDialog workOrder={workOrder} steps={['implement', 'plan']} canKeepWork={canKeepWork} onClose={vi.fn()} />
  ));
  return service;
}

test('a retry goes on with what the last attempt has made where one wants that, and says so', async () => {
  const service = show({ canKeepWork: true });
  fireEvent.change(await screen.findByRole('combobox', { name: 'From the step' }), { target: { value: 'implement' } });
  fireEvent.click(screen.getByRole('checkbox', { name: 'Go on with what the last attempt has made' }));
  expect(screen.getByRole('dialog').textContent).toContain('as the last attempt at implement has left it');
  fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
  await waitFor(() => expect(service.sent).toMatchObject([{ from_step: 'implement', keep_work: true }]));
});

test('a step before it, or work that nobody should go on with, begins anew', async () => {
  const service = show({ canKeepWork: true });
  fireEvent.change(await screen.findByRole('combobox', { name: 'From the step' }), { target: { value: 'implement' } });
  fireEvent.click(screen.getByRole('checkbox'));
  fireEvent.change(screen.getByRole('combobox', { name: 'From the step' }), { target: { value: 'plan' } });
  expect(screen.queryByRole('checkbox')).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Retry' }));
  await waitFor(() => expect(service.sent).toMatchObject([{ from_step: 'plan', keep_work: false }]));
  cleanup();
  show({ canKeepWork: false });
  expect(await screen.findByRole('combobox', { name: 'From the step' })).toBeDefined();
  expect(screen.queryByRole('checkbox')).toBeNull();
});
