import { cleanup, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { workOrdersQuery } from '../api/work-orders.ts';
import { usePaletteCommands } from '../hooks/use-palette-commands.ts';
import { renderPage } from '../testing/render-page.tsx';
import { Palette } from './palette.tsx';

const ANSWERS = [[workOrdersQuery().queryKey, []]] as const;

afterEach(cleanup);

test('offers the commands of the page in view, found by a few letters, and runs one by Enter', async () => {
  const cancel = vi.fn<() => void>();
  const close = vi.fn<(open: boolean) => void>();
  const commands = [
    { title: 'Cancel this work order', run: cancel },
    { title: 'Approve the plan', run: () => {} },
  ];
  function Page() {
    usePaletteCommands(commands);
    return <Palette open onOpenChange={close} />;
  }
  renderPage(Page, { answers: ANSWERS });
  const user = userEvent.setup();
  await screen.findByRole('option', { name: 'Approve the plan' });
  await user.type(screen.getByRole('combobox'), 'cancel');
  expect(screen.getAllByRole('option').map(({ textContent }) => textContent)).toEqual(['Cancel this work order']);
  await user.keyboard('{Enter}');
  expect(cancel).toHaveBeenCalledOnce();
  expect(close).toHaveBeenCalledWith(false);
});

test('forgets the commands of a page that is gone', async () => {
  const commands = [{ title: 'Cancel this work order', run: () => {} }];
  function Page() {
    usePaletteCommands(commands);
    return null;
  }
  renderPage(Page, { answers: ANSWERS }).unmount();
  renderPage(() => <Palette open onOpenChange={() => {}} />, { answers: ANSWERS });
  await screen.findByRole('option', { name: 'New work order' });
  expect(screen.queryByRole('option', { name: 'Cancel this work order' })).toBeNull();
});
