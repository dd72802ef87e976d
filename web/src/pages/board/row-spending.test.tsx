import { cleanup, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { renderPage } from '../../testing/render-page.tsx';
import { aWorkOrderView } from '../../testing/work-order-view.ts';
import { RowSpending } from './row-spending.tsx';

afterEach(cleanup);

const LIMITED = { cost_usd: 2, tokens: null, minutes: null };

test.each([
  ['the cost, with its limit', { cost_usd: 0.42, tokens: 12_000, minutes: 3 }, LIMITED, '$0.42 of $2.00'],
  ['tokens where no cost is told', { cost_usd: 0, tokens: 12_000, minutes: 3 }, null, '12K tokens'],
])('shows %s, and all that is counted on demand', async (_, spent, budget, figure) => {
  renderPage(() => <RowSpending workOrder={aWorkOrderView({ spent, budget })} />);
  const shown = await screen.findByText(figure);
  expect(shown.parentElement?.title).toContain('12000 tokens, 3 min');
});

test('shows nothing where nothing is told', async () => {
  renderPage(() => (
    <p>
      spent: <RowSpending workOrder={aWorkOrderView()} />
    </p>
  ));
  expect((await screen.findByText(/spent:/)).textContent).toBe('spent: ');
});
