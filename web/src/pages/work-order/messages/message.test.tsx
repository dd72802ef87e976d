import { cleanup, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { MessageView } from '../../../../../src/contract/messages.ts';
import { renderPage } from '../../../testing/render-page.tsx';
import { Message } from './message.tsx';

afterEach(cleanup);

const AT = '2026-11-25T09:00:00.000Z';
const QUEUED: MessageView = {
  prompt_id: 'p-00000001',
  prompt_text: 'Use CSS variables.',
  status: 'queued',
  queued_at: AT,
  edited_at: null,
  given: null,
};

function show(message: MessageView): void {
  renderPage(() => (
    <ol>
      <Message id="wo-a1b2c3d4" message={message} />
    </ol>
  ));
}

test.each([
  ['prompt', 'with the prompt'],
  ['mid_turn', 'in the middle of its turn'],
  ['next_turn', 'as the next turn'],
] as const)('says how it has reached the agent: %s', async (how, words) => {
  show({ ...QUEUED, status: 'given', given: { step: 'implement', attempt: 2, how, at: AT } });
  expect((await screen.findByRole('listitem')).textContent).toContain(`given to attempt 2 at implement ${words}`);
});

test('can be changed as long as nobody was given it', async () => {
  show(QUEUED);
  expect(await screen.findByRole('button', { name: 'Withdraw' })).toBeTruthy();
  expect(screen.getByRole('listitem').textContent).toContain('nobody was given it yet');
});
