import { expect, test } from 'vitest';
import { failureOfTurn, failureOfWords } from './failure.ts';

test.each([
  ['You’ve hit your usage limit. Try again at 11:58 PM.', 'agent_rate_limited'],
  ['Rate limit reached for gpt-5 in organization x. Please try again in 2m30s.', 'agent_rate_limited'],
  ['Quota exceeded. Check your plan and billing details.', 'agent_budget_limit'],
  ['unexpected status 502 Bad Gateway: unknown error', 'agent_overloaded'],
  ['unexpected status 403 Forbidden: not yours, url: https://gateway.example/rate-limit', 'agent_login_refused'],
  ['Your access token could not be refreshed. Please log out and sign in again.', 'agent_login_refused'],
  ['Invalid prompt: your prompt was flagged as potentially violating our usage policy.', 'agent_refused'],
  ['error sending request', 'agent_network'],
  ['something new', 'agent_crashed'],
])('%s', (words, errorCode) => {
  expect(failureOfTurn(words, { hasLogin: true }).errorCode).toBe(errorCode);
});

test('words that are not known are no failure by themselves', () => {
  expect(failureOfWords('last words', { hasLogin: true })).toBeNull();
  expect(failureOfTurn('', { hasLogin: true }).errorMessage).toBe('Codex failed and gave no reason.');
});

test('without a login a refusal is told as having none, and the address of the model is left out', () => {
  const words = 'unexpected status 401 Unauthorized: no key, url: https://gateway.example/usage-limit';
  expect(failureOfTurn(words, { hasLogin: false })).toEqual({
    errorCode: 'agent_not_logged_in',
    errorMessage: 'Codex is not logged in: unexpected status 401 Unauthorized: no key',
  });
});
