import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { renderAddress } from '../../testing/render-page.tsx';
import { ScriptedService } from '../../testing/scripted-service.ts';
import { aWorkOrderView } from '../../testing/work-order-view.ts';

const LIST = 'GET /agent-work-orders?limit=50';
const WAITING = 'GET /agent-work-orders?status=waiting&limit=50';

let service: ScriptedService;
beforeEach(() => {
  service = new ScriptedService()
    .on('GET /health', { status: 'healthy' })
    .on('GET /repositories', [])
    .on(LIST, [])
    .on(WAITING, []);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const rows = () => screen.getByRole('region', { name: 'Work orders' });

describe('the board', () => {
  test('opens the stream before it reads the list, and shows what happens from then on', async () => {
    const old = aWorkOrderView({ agent_work_order_id: 'wo-old', user_request: 'An old one' });
    service.on(LIST, [old]);
    const open = service.holdStreams();
    renderAddress('/');
    await waitFor(() => expect(service.asked).toContain('GET /repositories'));
    expect(service.asked).not.toContain(LIST);
    open();
    await screen.findByText('An old one');
    const fresh = { user_request: 'A new one', created_at: '2026-01-02T00:00:00.000Z' };
    service.on('GET /agent-work-orders/wo-new', aWorkOrderView({ ...fresh, agent_work_order_id: 'wo-new' }));
    service.on('GET /agent-work-orders/wo-old', { ...old, status: 'failed', error_message: 'It broke.', last_seq: 9 });
    service.say(1, { agent_work_order_id: 'wo-new' });
    service.say(2, { agent_work_order_id: 'wo-old' });
    await screen.findByText('A new one');
    await screen.findByText('It broke.');
    expect(
      within(rows())
        .getAllByRole('link')
        .map(({ textContent }) => textContent),
    ).toEqual(['A new one', 'An old one']);
    expect(service.asked.filter((route) => route === LIST)).toHaveLength(1);
  });

  test('keeps its filter in the address, and asks the service for it', async () => {
    service.on(LIST, [aWorkOrderView()]);
    const filtered = 'GET /agent-work-orders?status=failed&text=cart&limit=50';
    service.on('GET /agent-work-orders?status=failed&limit=50', []).on(filtered, []);
    const { router, user } = renderAddress('/');
    await user.click(await screen.findByRole('button', { name: 'failed' }));
    await user.type(screen.getByRole('searchbox'), 'cart');
    await waitFor(() => expect(router.state.location.searchStr).toBe('?status=failed&text=cart'));
    await waitFor(() => expect(service.asked).toContain(filtered));
    await user.click(await screen.findByRole('button', { name: 'Show all' }));
    await within(rows()).findByRole('link', { name: 'Add a dark mode' });
    expect(router.state.location.searchStr).toBe('');
  });

  test('shows the filter of its address, and passes over what cannot be meant', async () => {
    service.on('GET /agent-work-orders?status=running%2Cwaiting&text=7&limit=50', [
      aWorkOrderView({ status: 'running' }),
    ]);
    renderAddress('/?status=running,done,waiting&text=7');
    await screen.findByRole('link', { name: 'Add a dark mode' });
    const pressed = screen.getAllByRole('button', { pressed: true });
    expect(pressed.map(({ textContent }) => textContent)).toEqual(['running', 'waiting']);
    expect(screen.getByRole('searchbox')).toHaveProperty('value', '7');
  });

  test('reads older ones where the list has them', async () => {
    const next = '/agent-work-orders?limit=50&cursor=7';
    service.on(LIST, [aWorkOrderView()], { link: `<${next}>; rel="next"` });
    service.on(`GET ${next}`, [aWorkOrderView({ agent_work_order_id: 'wo-0', user_request: 'The first of all' })]);
    const { user } = renderAddress('/');
    await user.click(await screen.findByRole('button', { name: 'Older' }));
    await screen.findByText('The first of all');
    expect(screen.queryByRole('button', { name: 'Older' })).toBeNull();
  });

  test('says why where the list cannot be read', async () => {
    service.refuse(LIST, {
      status: 503,
      code: 'store_unavailable',
      detail: 'The history cannot be read.',
      next_step: 'Look.',
    });
    renderAddress('/');
    expect((await screen.findByRole('alert')).textContent).toContain('The history cannot be read.');
    expect(screen.queryByText('No work order yet')).toBeNull();
  });
});

describe('what waits', () => {
  const waiting = { status: 'waiting', last_seq: 4 } as const;
  const approval = aWorkOrderView({ ...waiting, waiting_reason: 'approval', waiting_detail: 'Approve the plan.' });
  const quota = aWorkOrderView({
    ...waiting,
    agent_work_order_id: 'wo-quota',
    user_request: 'Wait for the model',
    waiting_reason: 'quota',
    waiting_detail: 'The limit of the model is reached.',
    waiting_until: new Date(Date.now() + 600_000).toISOString(),
  });

  test('stands on top, for a person first, with what to do; the name of the tab counts those', async () => {
    service.on(WAITING, [quota, approval]).on(LIST, [quota, approval]);
    renderAddress('/');
    const lane = await screen.findByRole('region', { name: /Needs you/ });
    const [first, second] = within(lane).getAllByRole('listitem');
    expect(first?.textContent).toContain('Approve the plan.');
    const answer = within(first!).getByRole('link', { name: 'Review and approve' });
    expect(answer.getAttribute('href')).toBe('/work-orders/wo-aaaaaaaa');
    expect(second?.textContent).toMatch(/It goes on by itself in \d+ min \d+ s, at /);
    await waitFor(() => expect(document.title).toBe('(1) Work orders · Agent Work Orders'));
  });

  test('can be tried now, and the reason stands there where that is refused', async () => {
    service.on(WAITING, [quota]).on(LIST, [quota]);
    service.refuse('POST /agent-work-orders/wo-quota/resume', {
      status: 409,
      code: 'transition_refused',
      detail: 'No.',
    });
    const { user } = renderAddress('/');
    await user.click(await screen.findByRole('button', { name: 'Try now' }));
    expect((await screen.findByRole('alert')).textContent).toContain('transition_refused');
    service.on('POST /agent-work-orders/wo-quota/resume', quota);
    service.on('GET /agent-work-orders/wo-quota', { ...quota, status: 'running', waiting_reason: null, last_seq: 5 });
    await user.click(screen.getByRole('button', { name: 'Try now' }));
    service.say(1, { agent_work_order_id: 'wo-quota' });
    await waitFor(() => expect(screen.queryByRole('region', { name: /Needs you/ })).toBeNull());
  });
});

test('an empty board leads to the first work order: the sample, made once', async () => {
  const sample = { repository_url: '/demo/greeter.git', user_request: 'Shout', agent: 'demo' };
  const release = service.hold('POST /service/sample', sample);
  service.on('POST /agent-work-orders', { agent_work_order_id: 'wo-sample', status: 'pending', message: '' });
  const { router, user } = renderAddress('/');
  const button = await screen.findByRole('button', { name: 'Try it with the sample' });
  await user.dblClick(button);
  release();
  await waitFor(() => expect(router.state.location.pathname).toBe('/work-orders/wo-sample'));
  expect(service.sent).toEqual([sample]);
});
