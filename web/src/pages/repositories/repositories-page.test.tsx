import { cleanup, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { KnownRepositoryView } from '../../../../src/contract/known-repository.ts';
import { renderAddress } from '../../testing/render-page.tsx';
import { ScriptedService } from '../../testing/scripted-service.ts';

const SHOP: KnownRepositoryView = {
  repository_id: 'repo-shop',
  repository_url: 'https://example.test/acme/shop.git',
  display_name: 'The shop',
  default_sandbox_type: null,
  default_workflow_type: null,
  default_agent: 'claude',
  default_model: null,
  default_step_agents: {},
  default_base_branch: 'develop',
  checks: ['npm test'],
  default_budget: null,
  daily_budget: null,
  repository_owner: 'acme',
  repository_name: 'shop',
  default_branch: 'main',
  may_push: false,
  last_verified_at: '2026-01-01T00:00:00.000Z',
  verification_error: null,
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  last_used_at: null,
};

let service: ScriptedService;
beforeEach(() => {
  service = new ScriptedService().on('GET /health', { status: 'healthy' }).on('GET /repositories', [SHOP]);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test('a repository is changed: what is emptied is left to the service', async () => {
  service.on('PATCH /repositories/repo-shop', SHOP);
  const { user } = renderAddress('/known-repositories');
  await user.click(await screen.findByRole('button', { name: 'Change The shop' }));
  const dialog = await screen.findByRole('dialog');
  await user.clear(within(dialog).getByRole('textbox', { name: 'Base branch' }));
  await user.type(within(dialog).getByRole('textbox', { name: 'Checks' }), '{Enter}{Enter}npm run lint ');
  service.on('GET /repositories', [{ ...SHOP, default_base_branch: null }]);
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(service.sent).toMatchObject([{ default_base_branch: null, checks: ['npm test', 'npm run lint'] }]);
  expect(screen.queryByText(/from develop/)).toBeNull();
});

test('its budgets are shown, changed and taken away', async () => {
  const limits = (cost_usd: number) => ({ cost_usd, tokens: null, minutes: null });
  service.on('GET /repositories', [{ ...SHOP, default_budget: limits(2), daily_budget: limits(20) }]);
  service.on('PATCH /repositories/repo-shop', SHOP);
  const { user } = renderAddress('/known-repositories');
  await screen.findByText(/a work order may take \$2.00, a UTC day \$20.00/);
  await user.click(screen.getByRole('button', { name: 'Change The shop' }));
  const dialog = await screen.findByRole('dialog');
  const each = within(within(dialog).getByRole('group', { name: 'Budget of a work order' }));
  await user.type(each.getByRole('textbox', { name: 'Minutes' }), '90');
  const day = within(within(dialog).getByRole('group', { name: 'Budget of a day' }));
  await user.clear(day.getByRole('textbox', { name: 'US dollars' }));
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(service.sent).toMatchObject([{ default_budget: { cost_usd: 2, minutes: 90 }, daily_budget: null }]);
});

test('one that cannot be read is not added, and the reason stands at its URL', async () => {
  const detail = 'It does not exist, or the token may not read it.';
  service.refuse('POST /repositories', { status: 422, code: 'repository_not_verified', detail });
  const { user } = renderAddress('/known-repositories');
  await user.click(await screen.findByRole('button', { name: 'Add' }));
  const url = within(await screen.findByRole('dialog')).getByRole('textbox', { name: 'Repository' });
  await user.type(url, 'https://example.test/nobody/nothing{Enter}');
  expect((await screen.findByRole('alert')).textContent).toBe(detail);
  expect(document.activeElement).toBe(url);
});

test('what the forge has said is shown, and asked for again', async () => {
  const { user } = renderAddress('/known-repositories');
  expect(await screen.findByText('It can be read, but the service may not push to it.')).toBeTruthy();
  service.on('POST /repositories/repo-shop/verify', SHOP);
  service.on('GET /repositories', [{ ...SHOP, verification_error: 'The token has ended.' }]);
  await user.click(screen.getByRole('button', { name: 'Verify The shop' }));
  expect(await screen.findByText('The token has ended.')).toBeTruthy();
});

test('one is removed only after a question', async () => {
  service.on('DELETE /repositories/repo-shop', {});
  const { user } = renderAddress('/known-repositories');
  await user.click(await screen.findByRole('button', { name: 'Remove The shop' }));
  expect(service.asked).not.toContain('DELETE /repositories/repo-shop');
  service.on('GET /repositories', []);
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove' }));
  expect(await screen.findByText(/None yet/)).toBeTruthy();
});

test('a work order for it begins with its URL filled in', async () => {
  service.on('GET /agent-work-orders', []);
  const { user } = renderAddress('/known-repositories');
  await user.click(await screen.findByRole('link', { name: 'New work order for The shop' }));
  expect(await screen.findByRole('combobox', { name: 'Repository' })).toHaveProperty('value', SHOP.repository_url);
});
