import { cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { renderAddress } from '../../testing/render-page.tsx';
import { ScriptedService } from '../../testing/scripted-service.ts';

const SHOP = 'https://example.test/acme/shop.git';
const FOUND = { is_accessible: true, repository_owner: 'acme', default_branch: 'trunk', error_message: null };
const CREATED = { agent_work_order_id: 'wo-new', status: 'pending', message: '' };
const AGENT = { available: true, version: '2.1', version_tried: true, logged_in: true, problem: null, next_step: null };

let service: ScriptedService;
beforeEach(() => {
  service = new ScriptedService()
    .on('GET /health', {
      status: 'healthy',
      agents: {
        claude: AGENT,
        codex: { ...AGENT, available: false, problem: 'Codex is not installed.', next_step: 'Install it.' },
        gemini: { ...AGENT, logged_in: false },
      },
    })
    .on('GET /repositories', [])
    .on('GET /agent-work-orders', [])
    .on('POST /github/verify-repository', { ...FOUND, repository_name: 'shop' });
});
afterEach(() => {
  cleanup();
  sessionStorage.clear();
  vi.unstubAllGlobals();
});

const repository = () => screen.findByRole('combobox', { name: 'Repository' });
const handIn = () => screen.getByRole('button', { name: 'Create work order' });

describe('a new work order', () => {
  test('is handed in with what was filled in, and leads to its page', async () => {
    service.on('POST /agent-work-orders', CREATED);
    const { router, user } = renderAddress('/new');
    await user.type(await repository(), SHOP);
    await user.type(screen.getByRole('textbox', { name: 'Request' }), 'Add a dark mode');
    await user.selectOptions(screen.getByRole('combobox', { name: 'Agent' }), 'claude');
    await user.click(screen.getByRole('checkbox', { name: 'Show me the plan first' }));
    await user.click(handIn());
    await waitFor(() => expect(router.state.location.pathname).toBe('/work-orders/wo-new'));
    expect(service.sent.at(-1)).toEqual({
      repository_url: SHOP,
      user_request: 'Add a dark mode',
      agent: 'claude',
      approve_plan: true,
    });
    cleanup();
    renderAddress('/new');
    expect(await repository()).toHaveProperty('value', '');
  });

  test('pressed twice, by Ctrl-Enter or after a break is one and the same, by its key', async () => {
    service.refuse('POST /agent-work-orders', { status: 422, code: 'invalid_request', detail: 'no', errors: [] });
    const fetches = vi.spyOn(globalThis, 'fetch');
    const keys = () =>
      fetches.mock.calls
        .filter(([path]) => path === '/agent-work-orders')
        .flatMap(([, init]) => new Headers(init?.headers).get('idempotency-key') ?? []);
    const { user } = renderAddress('/new');
    await user.type(
      await screen.findByRole('textbox', { name: 'Request' }),
      'Add a dark mode{Control>}{Enter}{/Control}',
    );
    await user.dblClick(handIn());
    cleanup();
    renderAddress('/new');
    expect(await screen.findByRole('textbox', { name: 'Request' })).toHaveProperty('value', 'Add a dark mode');
    await user.click(handIn());
    await waitFor(() => expect(keys().length).toBeGreaterThanOrEqual(3));
    expect(new Set(keys()).size).toBe(1);
  });

  test('shows each fault at its field, and puts the focus on the first', async () => {
    service.refuse('POST /agent-work-orders', {
      status: 422,
      code: 'invalid_request',
      detail: 'Two faults.',
      errors: [
        { path: 'checks.1', message: 'It must not be empty.' },
        { path: 'user_request', message: 'Say what you want.' },
      ],
    });
    const { user } = renderAddress('/new');
    await repository();
    await user.click(handIn());
    const request = screen.getByRole('textbox', { name: 'Request' });
    await waitFor(() => expect(document.activeElement).toBe(request));
    expect(screen.getAllByRole('alert').map(({ textContent }) => textContent)).toEqual([
      'Say what you want.',
      'It must not be empty.',
    ]);
    expect(screen.getByRole('textbox', { name: 'Checks' }).closest('details')).toHaveProperty('open', true);
    await user.type(request, 'Add a dark mode');
    expect(screen.getAllByRole('alert').map(({ textContent }) => textContent)).toEqual(['It must not be empty.']);
  });

  test('may spend what is named, and a limit that is none is told at its field', async () => {
    const fault = { path: 'budget.cost_usd', message: 'It must be a number of US dollars.' };
    service.refuse('POST /agent-work-orders', { status: 422, code: 'invalid_request', detail: 'No.', errors: [fault] });
    const { user } = renderAddress('/new');
    await repository();
    await user.click(screen.getByText('More'));
    const dollars = screen.getByRole('textbox', { name: 'US dollars' });
    await user.type(dollars, '1,5');
    await user.type(screen.getByRole('textbox', { name: 'Minutes' }), '60');
    await user.click(handIn());
    expect((await screen.findByRole('alert')).textContent).toBe('It must be a number of US dollars.');
    expect(document.activeElement).toBe(dollars);
    expect(service.sent.at(-1)).toMatchObject({ budget: { cost_usd: '1,5', minutes: 60 } });
    cleanup();
    service.on('POST /agent-work-orders', CREATED);
    const again = renderAddress('/new');
    await repository();
    const kept = screen.getByRole('textbox', { name: 'US dollars' });
    await again.user.clear(kept);
    await again.user.type(kept, '1.5');
    await again.user.click(handIn());
    await waitFor(() => expect(again.router.state.location.pathname).toBe('/work-orders/wo-new'));
    expect(service.sent.at(-1)).toMatchObject({ budget: { cost_usd: 1.5, minutes: 60 } });
  });

  test('shows a refusal of the agent at the agent', async () => {
    service.refuse('POST /agent-work-orders', {
      status: 422,
      code: 'agent_unavailable',
      detail: 'No agent can be used now.',
    });
    const { user } = renderAddress('/new');
    await repository();
    await user.click(handIn());
    const agent = screen.getByRole('combobox', { name: 'Agent' });
    await waitFor(() => expect(document.activeElement).toBe(agent));
    expect(screen.getByRole('alert').textContent).toBe('No agent can be used now.');
  });

  test('can be made another one where its key belongs to an earlier one', async () => {
    const refused = { status: 422, code: 'idempotency_key_reused', detail: 'The key belongs to another request.' };
    service.refuse('POST /agent-work-orders', refused);
    const { router, user } = renderAddress('/new');
    await repository();
    await user.click(handIn());
    await user.click(await screen.findByRole('button', { name: 'It is to be another one' }));
    service.on('POST /agent-work-orders', CREATED);
    await user.click(handIn());
    await waitFor(() => expect(router.state.location.pathname).toBe('/work-orders/wo-new'));
  });
});

describe('the repository', () => {
  test('is looked at as one writes, and only the latest answer is shown', async () => {
    const { user } = renderAddress('/new');
    const field = await repository();
    const release = service.hold('POST /github/verify-repository', { ...FOUND, repository_name: 'half' });
    await user.type(field, 'https://example.test/acme/sh');
    await screen.findByText(/The service looks/);
    await waitFor(() => expect(service.asked).toContain('POST /github/verify-repository'));
    const shown: (string | null)[] = [];
    const output = screen.getByRole('status');
    new MutationObserver(() => shown.push(output.textContent)).observe(output, { subtree: true, childList: true });
    service.on('POST /github/verify-repository', { ...FOUND, repository_name: 'shop' });
    await user.type(field, 'op');
    release();
    await screen.findByText(/acme\/shop can be read/);
    expect(shown.join(' ')).toContain('shop');
    expect(shown.join(' ')).not.toContain('half');
    expect(screen.getByRole('textbox', { name: 'Base branch' })).toHaveProperty('placeholder', 'trunk');
  });

  test('that cannot be read says why', async () => {
    const error_message = 'It does not exist, or the token may not read it.';
    service.on('POST /github/verify-repository', {
      ...FOUND,
      is_accessible: false,
      repository_name: null,
      error_message,
    });
    const { user } = renderAddress('/new');
    await user.type(await repository(), SHOP);
    expect(await screen.findByText(error_message)).toBeTruthy();
  });

  test('that is known is offered, and what it wants is shown as its defaults', async () => {
    service.on('GET /repositories', [
      {
        repository_url: SHOP,
        display_name: 'The shop',
        default_agent: 'claude',
        default_model: 'opus',
        default_base_branch: 'develop',
        checks: ['npm test'],
      },
    ]);
    const { user } = renderAddress('/new');
    await user.type(await repository(), 'the sh');
    await user.click(await screen.findByRole('option', { name: /The shop/ }));
    await screen.findByRole('option', { name: 'claude (default of this repository)' });
    expect(screen.getByPlaceholderText('opus (default of this repository)')).toBeTruthy();
    expect(screen.getByPlaceholderText('develop')).toBeTruthy();
  });
});

test('agents that cannot be used cannot be chosen, and say why', async () => {
  const { user } = renderAddress('/new');
  expect(await screen.findByRole('option', { name: 'codex (cannot be used)' })).toHaveProperty('disabled', true);
  expect(screen.getByRole('option', { name: 'gemini (cannot be used)' })).toHaveProperty('disabled', true);
  expect(screen.getByRole('option', { name: 'claude 2.1' })).toHaveProperty('disabled', false);
  await user.click(screen.getByText('Why 2 of them cannot be used'));
  expect(screen.getByText(/Codex is not installed. Install it./)).toBeTruthy();
});
