import { cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { ProblemError } from '../../../api/problem.ts';
import { renderPage } from '../../../testing/render-page.tsx';
import { ActionDialog } from './action-dialog.tsx';

afterEach(cleanup);

function show(act: () => Promise<void>) {
  const onClose = vi.fn<() => void>();
  renderPage(() => (
    <ActionDialog title="Cancel it?" consequence="The agent is ended." confirm="Cancel" act={act} onClose={onClose} />
  ));
  return onClose;
}

test('says the consequence, and does it once however fast one clicks', async () => {
  const act = vi.fn<() => Promise<void>>(() => Promise.resolve());
  const onClose = show(act);
  expect((await screen.findByRole('dialog')).textContent).toContain('The agent is ended.');
  const form = screen.getByRole('button', { name: 'Cancel' }).closest('form')!;
  fireEvent.submit(form);
  fireEvent.submit(form);
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(act).toHaveBeenCalledOnce();
});

test('shows a refusal in the dialog, and can be tried again', async () => {
  const refusal = new ProblemError({
    type: 'about:blank',
    title: 'It does not fit',
    status: 409,
    detail: 'The work order has ended already: completed.',
    code: 'transition_refused',
    next_step: 'Look at it again.',
  });
  const act = vi.fn<() => Promise<void>>(() => Promise.reject(refusal));
  const onClose = show(act);
  fireEvent.click(await screen.findByRole('button', { name: 'Cancel' }));
  expect((await screen.findByRole('alert')).textContent).toContain('has ended already');
  expect(onClose).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  await waitFor(() => expect(act).toHaveBeenCalledTimes(2));
});
