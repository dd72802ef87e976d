import { expect, test } from 'vitest';
import { limitedAgents, pauseAfter, pauseBefore } from './retry.ts';
import type { EndedAttempt } from './step.ts';

const START_MS = Date.parse('2026-01-01T00:00:00.000Z');
const at = (seconds: number) => new Date(START_MS + seconds * 1_000);

function ended(seconds: number, changes: Partial<EndedAttempt> = {}): EndedAttempt {
  const finished_at = at(seconds).toISOString();
  return {
    step: 'plan',
    agent_name: 'planner',
    attempt: 1,
    started_at: finished_at,
    agent: 'demo',
    model: null,
    status: 'failed',
    success: false,
    output: null,
    answer: null,
    output_truncated: false,
    error_code: 'agent_overloaded',
    error_message: 'The model is overloaded.',
    limit_resets_at: null,
    checks: [],
    duration_seconds: 1,
    session_id: null,
    finished_at,
    timestamp: finished_at,
    usage: null,
    checkpoint: null,
    changes: null,
    ...changes,
  };
}

const HOUR = { random: 0.5, retryForMs: 3_600_000 };
const secondsTo = (until: string | null | undefined, from: number) =>
  (Date.parse(until ?? '') - at(from).getTime()) / 1_000;

test.each([
  ['agent_rate_limited', 'quota'],
  ['agent_overloaded', 'quota'],
  ['agent_network', 'quota'],
  ['forge_unavailable', 'forge'],
  ['disk_full', 'disk'],
])('after %s the work order waits for %s', (error_code, reason) => {
  const pause = pauseAfter([ended(0, { error_code, error_message: 'Why.' })], { ...HOUR, now: at(0) });
  expect(pause).toEqual({ reason, until: at(5).toISOString(), detail: 'Why.' });
});

test.each(['agent_login_refused', 'agent_refused', 'agent_crashed', 'push_refused', 'no such code', null])(
  'nothing passes by itself after %s',
  (error_code) => expect(pauseAfter([ended(0, { error_code })], { ...HOUR, now: at(0) })).toBeNull(),
);

test('pauses double, up to a quarter of an hour', () => {
  const attempts: EndedAttempt[] = [];
  const pauses = Array.from({ length: 10 }, () => {
    attempts.push(ended(0));
    return secondsTo(pauseAfter(attempts, { ...HOUR, now: at(0) })?.until, 0);
  });
  expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 900, 900]);
});

test('randomness changes a pause by a fifth at most', () => {
  const seconds = (random: number) => secondsTo(pauseAfter([ended(0)], { ...HOUR, random, now: at(0) })?.until, 0);
  expect([seconds(0), seconds(1)]).toEqual([4, 6]);
});

test('a time that was told is waited for', () => {
  const attempts = [ended(0, { limit_resets_at: at(1_800).toISOString() })];
  expect(secondsTo(pauseAfter(attempts, { ...HOUR, random: 0, now: at(0) })?.until, 1_800)).toBe(0);
  expect(secondsTo(pauseAfter(attempts, { ...HOUR, random: 1, now: at(0) })?.until, 1_800)).toBe(1);
});

test('a time that has passed already does not let it be tried at once', () => {
  const attempts = [ended(0, { limit_resets_at: at(-60).toISOString() })];
  expect(secondsTo(pauseAfter(attempts, { ...HOUR, now: at(0) })?.until, 0)).toBe(5);
});

test('it ends when the row of failures has lasted too long, or its end would be too late', () => {
  const late = [ended(0), ended(3_590)];
  expect(pauseAfter(late, { ...HOUR, now: at(3_590) })?.until).toBe(at(3_600).toISOString());
  expect(pauseAfter([...late, ended(3_600)], { ...HOUR, now: at(3_600) })).toBeNull();
  const tomorrow = [ended(0, { limit_resets_at: at(86_400).toISOString() })];
  expect(pauseAfter(tomorrow, { ...HOUR, now: at(0) })).toBeNull();
  expect(pauseAfter([ended(0)], { ...HOUR, retryForMs: 0, now: at(0) })).toBeNull();
});

test('a success or another failure begins a new row; an end of the service in between does not', () => {
  const pause = (...between: EndedAttempt[]) =>
    secondsTo(pauseAfter([ended(0), ...between, ended(10)], { ...HOUR, now: at(10) })?.until, 10);
  expect(pause(ended(5, { status: 'succeeded', success: true, error_code: null }))).toBe(5);
  expect(pause(ended(5, { error_code: 'agent_crashed' }))).toBe(5);
  expect(pause(ended(5, { status: 'interrupted', error_code: 'interrupted' }))).toBe(10);
});

test('an agent has met its limit until its time has come', () => {
  const failed = (agent: string, changes: Partial<EndedAttempt> = {}) => ended(0, { agent, ...changes });
  const names = (...attempts: EndedAttempt[]) => [...limitedAgents(attempts, at(60))];
  expect(names(failed('claude'), failed('codex'))).toEqual(['claude', 'codex']);
  expect(names(failed('claude', { limit_resets_at: at(61).toISOString() }))).toEqual(['claude']);
  expect(names(failed('claude', { limit_resets_at: at(59).toISOString() }))).toEqual([]);
  expect(names(failed('claude', { error_code: 'forge_unavailable' }))).toEqual([]);
  expect(names(failed('claude'), failed('codex', { error_code: 'agent_crashed' }))).toEqual([]);
});

test('only a failure is waited for', () => {
  expect(pauseAfter([], { ...HOUR, now: at(0) })).toBeNull();
  expect(pauseAfter([ended(0), ended(1, { status: 'interrupted' })], { ...HOUR, now: at(1) })).toBeNull();
});

test.each([
  [0, 5],
  [60, 60],
  [90_000, 900],
])('a run that cannot begin %i s after the last step waits for %i s', (sinceSeconds, seconds) => {
  const given = { now: at(sinceSeconds), lastStepAt: at(0).toISOString(), random: 0.5 };
  const pause = pauseBefore({ code: 'disk_full', message: 'Why.' }, given);
  expect(pause).toEqual({ reason: 'disk', until: at(sinceSeconds + seconds).toISOString(), detail: 'Why.' });
  expect(pauseBefore({ code: 'processes_survived', message: 'Why.' }, given)).toBeNull();
});
