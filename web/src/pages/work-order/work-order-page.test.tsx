import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { renderAddress } from '../../testing/render-page.tsx';
import { ScriptedService } from '../../testing/scripted-service.ts';
import { ID, REQUEST } from '../../testing/work-order.ts';
import { aWorkOrderView } from '../../testing/work-order-view.ts';

const PATH = `/agent-work-orders/${ID}`;
const AT = '2026-11-25T09:00:00.000Z';
const STARTED = {
  step: 'classify',
  agent_name: 'classifier',
  attempt: 1,
  started_at: AT,
  agent: null,
  model: null,
};
const ENDED = {
  ...STARTED,
  status: 'succeeded',
  success: true,
  output: '/feature',
  output_truncated: false,
  answer: null,
  error_code: null,
  error_message: null,
  limit_resets_at: null,
  duration_seconds: 4,
  session_id: null,
  finished_at: AT,
  timestamp: AT,
  usage: null,
  checkpoint: null,
  changes: null,
  checks: [],
};
const LOG = { agent_work_order_id: ID, log_entries: [], total: 0, limit: 100, offset: 0 };

let service: ScriptedService;
beforeEach(() => {
  service = new ScriptedService()
    .on('GET /health', { status: 'healthy' })
    .on(`GET ${PATH}/usual-durations`, { agent_work_order_id: ID, usual_durations: [] })
    .on(`GET ${PATH}/logs`, LOG);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function steps(more: object): void {
  const none = {
    agent_work_order_id: ID,
    steps: [],
    steps_completed: 0,
    current_step: 'classify',
    remaining_steps: [],
  };
  service.on(`GET ${PATH}/steps`, { ...none, in_progress: null, ...more });
}

/** To the page, once it reads. */
async function say(...events: readonly (readonly [type: string, data: object])[]): Promise<void> {
  await waitFor(() => expect(service.asked).toContain(`GET ${PATH}/events`));
  for (const [index, [type, data]] of events.entries()) {
    const seq = index + 1;
    service.say(seq, { agent_work_order_id: ID, seq, position: seq, type, occurred_at: AT, data });
  }
}

const begun = [
  ['work_order_created', REQUEST],
  ['work_order_started', {}],
  ['attempt_started', STARTED],
] as const;

test('shows what runs and what it is doing, in the tab too, and offers what fits', async () => {
  steps({ in_progress: { ...STARTED, activity: 'reading src/theme.ts', last_activity_at: AT, durable: true } });
  const { user } = renderAddress(`/work-orders/${ID}?tab=events`);
  await say(...begun);
  await screen.findByRole('heading', { name: 'Add a dark mode' });
  await screen.findByText('reading src/theme.ts');
  expect(document.title).toContain('● running · classify — Add a dark mode');
  await user.click(screen.getByRole('button', { name: 'Actions' }));
  const items = await screen.findAllByRole('menuitem');
  expect(items.map(({ textContent }) => textContent)).toEqual(['Budget …', 'Pause …', 'Cancel …']);
});

test('shows an attempt that the store refuses as not yet saved', async () => {
  steps({ steps: [{ ...ENDED, durable: false }], in_progress: null });
  renderAddress(`/work-orders/${ID}?tab=events`);
  await say(...begun);
  expect((await screen.findByText(/not yet saved/)).closest('li')?.textContent).toContain('classify');
});

test('goes on by itself when somebody else has taken up one that had ended', async () => {
  steps({});
  service.on(`GET ${PATH}`, aWorkOrderView({ last_seq: 3 }));
  renderAddress(`/work-orders/${ID}?tab=events`);
  await say(['work_order_created', REQUEST], ['work_order_cancelled', { detail: 'asked' }]);
  await screen.findByText('cancelled');
  service.end();
  // The first of these is answered with "nothing more", the next finds that there is more.
  const streams = () => service.asked.filter((route) => route === `GET ${PATH}/events`).length;
  await waitFor(() => expect(streams()).toBeGreaterThanOrEqual(3));
  service.say(3, {
    agent_work_order_id: ID,
    seq: 3,
    position: 3,
    type: 'work_order_reopened',
    occurred_at: AT,
    data: { from_step: 'classify' },
  });
  await screen.findByText('pending');
});

test('shows what was spent, what is left of the budget, and that the budget of a day is waited out', async () => {
  steps({});
  renderAddress(`/work-orders/${ID}?tab=events`);
  const usage = { input_tokens: 11_000, output_tokens: 1_000, cost_usd: 0.5 };
  await say(
    ['work_order_created', { ...REQUEST, budget: { cost_usd: 2, tokens: null, minutes: null } }],
    ['work_order_started', {}],
    ['attempt_started', STARTED],
    ['attempt_finished', { ...ENDED, usage }],
    ['work_order_waiting', { waiting_reason: 'quota', detail: 'It is spent.', until: AT, budget: 'service_day' }],
  );
  const header = (await screen.findByRole('heading', { name: 'Add a dark mode' })).closest('header')!;
  await waitFor(() => expect(header.textContent).toContain('spent $0.50 of $2.00 · 12K tokens · 4.0 s'));
  for (const part of ['$1.50 left', 'waits for a budget', 'that of the service for this UTC day'])
    expect(header.textContent).toContain(part);
});

const FAILED = { ...ENDED, status: 'failed', success: false, error_code: 'agent_crashed', error_message: 'It broke.' };
const DIAGNOSIS = {
  agent_work_order_id: ID,
  status: 'failed',
  summary: 'It failed at classify: It broke.',
  reason: 'agent_crashed',
  step: 'classify',
  evidence: [],
  timeline: [],
  remedies: [
    { text: 'Look at the log.', command: null },
    { text: 'Then try the step again; what was done before it stays.', command: `awo retry ${ID}` },
    { text: 'Read what was said.', command: `awo logs ${ID}` },
    { text: 'Ask somebody.', command: `awo elsewhere ${ID}` },
  ],
};

test('of a failed step the reason stands once, at the step, and what can be done is done by a button', async () => {
  steps({});
  service.on(`GET ${PATH}/diagnosis`, DIAGNOSIS);
  const { router, user } = renderAddress(`/work-orders/${ID}?tab=events`);
  const failure = { error_code: 'agent_crashed', error_message: 'It broke.', step: 'classify' };
  await say(...begun, ['attempt_finished', FAILED], ['work_order_failed', failure]);
  const why = within(await screen.findByRole('region', { name: 'Why' }));
  why.getByText('It failed at classify.');
  why.getByText('Ask somebody.');
  expect(why.queryByText('Look at the log.')).toBeNull();
  expect(screen.getAllByText('It broke.').map((place) => place.closest('section')?.ariaLabel)).not.toContain('Why');
  await user.click(why.getByRole('button', { name: 'Read the log' }));
  await waitFor(() => expect(router.state.location.search).toMatchObject({ tab: 'log' }));
  await user.click(why.getByRole('button', { name: 'Try the step again …' }));
  within(await screen.findByRole('dialog')).getByRole('button', { name: 'Retry' });
});

test('of what no step says the panel gives the reason, and lets it go on', async () => {
  steps({});
  const remedies = [{ text: 'Nothing: it goes on by itself. To try it now:', command: `awo resume ${ID}` }];
  service
    .on(`GET ${PATH}/diagnosis`, { ...DIAGNOSIS, summary: 'It waits: The disk is full.', reason: 'disk', remedies })
    .on(`POST ${PATH}/resume`, {});
  const { user } = renderAddress(`/work-orders/${ID}?tab=events`);
  const wait = { waiting_reason: 'disk', detail: 'The disk is full.', until: AT };
  await say(...begun.slice(0, 2), ['work_order_waiting', wait]);
  const why = within(await screen.findByRole('region', { name: 'Why' }));
  why.getByText('It waits: The disk is full.');
  why.getByText(/To try it now:/);
  await user.click(why.getByRole('button', { name: 'Let it go on now' }));
  await waitFor(() => expect(service.asked).toContain(`POST ${PATH}/resume`));
});
