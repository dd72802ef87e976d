import { describe, expect, test } from 'vitest';
import { EventsPageSchema } from '../../src/contract/events.ts';
import { GitProgressSchema } from '../../src/contract/git.ts';
import { ProblemSchema } from '../../src/contract/problem.ts';
import { StepsSchema } from '../../src/contract/steps.ts';
import { WorkOrderSchema } from '../../src/contract/work-order.ts';
import { STEP_NAMES } from '../../src/domain/workflow.ts';
import { createApp } from '../../src/http/app.ts';
import { ATTEMPT_RESULT, startParts } from './support.ts';

const BODY = { repository_url: 'https://example.test/shop.git', user_request: 'Add a dark mode' };

function post(body: unknown, headers: Record<string, string> = {}) {
  return {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  };
}

async function problemIn(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = ProblemSchema.strict().parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
}

describe('POST /agent-work-orders', () => {
  test('answers 201 with the id, and unknown fields are ignored', async () => {
    await using parts = await startParts();
    const body = { ...BODY, github_issue_number: 42, model: null, something_new: { deep: true } };
    const response = await parts.app.request('/agent-work-orders', post(body));
    expect(response.status).toBe(201);
    const answer: unknown = await response.json();
    const [workOrder] = (await parts.store.workOrders({ limit: 10, cursor: null })).workOrders;
    expect(answer).toEqual({
      agent_work_order_id: workOrder!.agent_work_order_id,
      status: 'pending',
      message: expect.any(String),
    });
    expect(response.headers.get('location')).toBe(`/agent-work-orders/${workOrder!.agent_work_order_id}`);
    expect(parts.engine.submissions[0]).toMatchObject({ githubIssueNumber: '42', userRequest: 'Add a dark mode' });
    expect(parts.engine.submissions[0]?.model).toBeUndefined();
  });

  test('a path with a slash at the end is the same', async () => {
    await using parts = await startParts();
    expect((await parts.app.request('/agent-work-orders/', post(BODY))).status).toBe(201);
    expect((await parts.app.request('/agent-work-orders/')).status).toBe(200);
  });

  test('names every fault by its path', async () => {
    await using parts = await startParts();
    const body = { user_request: '  \n', github_issue_number: 'forty-two', sandbox_type: 'e2b', base_branch: 'a\nb' };
    const response = await parts.app.request('/agent-work-orders', post(body));
    expect(response.status).toBe(422);
    const problem = await problemIn(response);
    expect(problem.code).toBe('invalid_request');
    expect(problem.errors?.map(({ path }) => path).toSorted()).toEqual([
      'base_branch',
      'github_issue_number',
      'repository_url',
      'sandbox_type',
      'user_request',
    ]);
    expect(problem.errors?.find(({ path }) => path === 'repository_url')?.message).toBe('It is missing.');
    expect(parts.engine.submissions).toEqual([]);
  });

  test.each(['e2b', 'dagger'])('refuses the sandbox type %s with the reason', async (type) => {
    await using parts = await startParts();
    const response = await parts.app.request('/agent-work-orders', post({ ...BODY, sandbox_type: type }));
    expect(response.status).toBe(422);
    const problem = await problemIn(response);
    expect(problem.code).toBe('sandbox_type_unavailable');
    expect(problem.detail).toContain(type);
    expect(problem.errors).toEqual([{ path: 'sandbox_type', message: problem.detail }]);
  });

  test('refuses what is not JSON, not an object, not declared as JSON, or too long', async () => {
    await using parts = await startParts();
    const faultOf = async (init: RequestInit) => {
      const response = await parts.app.request('/agent-work-orders', init);
      expect(response.status).toBe(422);
      return (await problemIn(response)).errors?.[0]?.path;
    };
    expect(await faultOf(post('{"repository_url":'))).toBe('body');
    expect(await faultOf(post('[]'))).toBe('body');
    expect(await faultOf(post(BODY, { 'content-type': 'text/plain' }))).toBe('content-type');
    expect(await faultOf(post({ ...BODY, user_request: 'x'.repeat(100_001) }))).toBe('user_request');
    const large = await parts.app.request('/agent-work-orders', post({ ...BODY, pad: 'x'.repeat(1024 * 1024) }));
    expect(large.status).toBe(413);
    expect((await problemIn(large)).code).toBe('request_too_large');
  });

  test('a repeat with the same idempotency key gets the first answer', async () => {
    await using parts = await startParts();
    const send = (body: unknown) => parts.app.request('/agent-work-orders', post(body, { 'idempotency-key': 'k1' }));
    const first = await send(BODY);
    const firstText = await first.text();
    const created = (await parts.store.workOrders({ limit: 10, cursor: null })).workOrders[0]!;
    await parts.engine.tell(created.agent_work_order_id, { type: 'start' });
    const second = await send(BODY);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(await second.text()).toBe(firstText);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    const other = await send({ ...BODY, user_request: 'Something else' });
    expect(other.status).toBe(422);
    expect((await problemIn(other)).code).toBe('idempotency_key_reused');
  });

  test('answers 503 read_only where nothing runs', async () => {
    await using parts = await startParts();
    const app = createApp({ ...parts.dependencies, workOrders: null });
    const response = await app.request('/agent-work-orders', post(BODY));
    expect(response.status).toBe(503);
    expect((await problemIn(response)).code).toBe('read_only');
    expect((await app.request('/service/sample', { method: 'POST' })).status).toBe(503);
    expect((await app.request('/agent-work-orders')).status).toBe(200);
  });
});

describe('reading work orders', () => {
  test.each([
    ['limit=0', 'limit'],
    ['limit=many', 'limit'],
    ['status=done', 'status.0'],
    ['status=', 'status.0'],
    ['text=%20', 'text'],
    ['cursor=nonsense', 'cursor'],
  ])('a list query %s is 422 and names its parameter', async (query, path) => {
    await using parts = await startParts();
    const response = await parts.app.request(`/agent-work-orders?${query}`);
    expect(response.status).toBe(422);
    expect((await problemIn(response)).errors?.[0]?.path).toBe(path);
  });

  test('shows a work order without its inside', async () => {
    await using parts = await startParts();
    const id = await parts.engine.create();
    const shown: unknown = await (await parts.app.request(`/agent-work-orders/${id}`)).json();
    expect(WorkOrderSchema.strict().parse(shown)).toMatchObject({ agent_work_order_id: id, current_phase: null });
  });

  test('git progress never has a null phase', async () => {
    await using parts = await startParts();
    const id = await parts.engine.create();
    const shown: unknown = await (await parts.app.request(`/agent-work-orders/${id}/git-progress`)).json();
    expect(GitProgressSchema.strict().parse(shown).current_phase).toBe('planning');
  });

  test.each(['', '/steps', '/events', '/logs', '/logs/stream', '/git-progress', '/diff', '/plan', '/cancel'])(
    'an unknown id is 404 with "not found" at {id}%s',
    async (path) => {
      await using parts = await startParts();
      for (const id of ['wo-unknown1', 'nonsense', '%00']) {
        const method = path === '/cancel' ? 'POST' : 'GET';
        const response = await parts.app.request(`/agent-work-orders/${id}${path}`, { method });
        expect(response.status).toBe(404);
        const problem = await problemIn(response);
        expect(problem.code).toBe('work_order_not_found');
        expect(problem.detail).toContain('not found');
      }
    },
  );

  test('unknown routes are 404, wrong methods 405, both as problems', async () => {
    await using parts = await startParts();
    const unknown = await parts.app.request('/nowhere');
    expect([unknown.status, (await problemIn(unknown)).code]).toEqual([404, 'route_not_found']);
    const wrong = await parts.app.request('/agent-work-orders/wo-1/cancel', { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    await problemIn(wrong);
  });
});

describe('GET /{id}/steps', () => {
  test('grows record by record, with the next step in progress', async () => {
    await using parts = await startParts();
    const { engine, app } = parts;
    const id = await engine.create();
    const steps = async () =>
      StepsSchema.strict().parse(await (await app.request(`/agent-work-orders/${id}/steps`)).json());
    expect(await steps()).toMatchObject({ steps: [], steps_completed: 0, current_step: 'classify', in_progress: null });
    await engine.tell(id, { type: 'start' });
    for (const [index, step] of STEP_NAMES.entries()) {
      await engine.tell(id, { type: 'start_attempt', step });
      const running = await steps();
      expect(running.steps.map((attempt) => attempt.step)).toEqual(STEP_NAMES.slice(0, index));
      expect(running.in_progress).toMatchObject({ step, attempt: 1, activity: null, durable: true });
      expect(running.remaining_steps).toEqual(STEP_NAMES.slice(index + 1));
      await engine.tell(id, {
        type: 'finish_attempt',
        result: ATTEMPT_RESULT,
      });
      expect((await steps()).steps_completed).toBe(index + 1);
    }
    await engine.tell(id, { type: 'complete', outcome: 'branch_pushed' });
    expect(await steps()).toMatchObject({ steps_completed: 7, current_step: null, remaining_steps: [] });
    expect((await steps()).steps.every(({ durable }) => durable)).toBe(true);
  });

  test('answers 304 until something changes, the activity included', async () => {
    await using parts = await startParts();
    const { engine, app } = parts;
    const id = await engine.create();
    await engine.tell(id, { type: 'start' });
    await engine.tell(id, { type: 'start_attempt', step: 'classify' });
    const path = `/agent-work-orders/${id}/steps`;
    const etag = (await app.request(path)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"/);
    const again = () => app.request(path, { headers: { 'if-none-match': `"other", ${etag}` } });
    const unchanged = await again();
    expect([unchanged.status, await unchanged.text(), unchanged.headers.get('etag')]).toEqual([304, '', etag]);
    engine.liveViews.set(id, { activity: 'reading', lastActivityAt: '2999-01-01T00:00:00.000Z', unsaved: [] });
    const changed = await again();
    expect(changed.status).toBe(200);
    expect(await changed.json()).toMatchObject({ in_progress: { activity: 'reading' } });
  });
});

describe('history', () => {
  test('events come in pages', async () => {
    await using parts = await startParts();
    const id = await parts.engine.create();
    await parts.engine.runAll(id);
    const seqs: number[] = [];
    for (let after = 0; ;) {
      const url = `/agent-work-orders/${id}/events?after=${after}&limit=4`;
      const page = EventsPageSchema.strict().parse(await (await parts.app.request(url)).json());
      expect(page.last_seq).toBe(16 + 1);
      if (page.events.length === 0) {
        expect(page.next_after).toBe(after);
        break;
      }
      seqs.push(...page.events.map(({ seq }) => seq));
      after = page.next_after;
    }
    expect(seqs).toEqual(Array.from({ length: 17 }, (_, i) => i + 1));
  });

  test('a store that cannot be read is 503, never an empty list', async () => {
    await using parts = await startParts();
    const id = await parts.engine.create();
    await parts.store[Symbol.asyncDispose]();
    for (const path of ['', `/${id}`, `/${id}/steps`, `/${id}/events`, `/${id}/logs`, `/${id}/git-progress`]) {
      const response = await parts.app.request(`/agent-work-orders${path}`);
      expect(response.status).toBe(503);
      expect((await problemIn(response)).code).toBe('store_unavailable');
    }
    const stream = await parts.app.request('/events', { headers: { accept: 'text/event-stream' } });
    expect(stream.status).toBe(503);
    const health = await parts.app.request('/health');
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: 'degraded', store: { available: false } });
  });

  test('what is no error of ours is 500, logged, and says nothing of its inside', async () => {
    await using parts = await startParts();
    const collected = { diff: () => Promise.reject(new Error('secret inside')) };
    const app = createApp({ ...parts.dependencies, collected });
    const id = await parts.engine.create();
    await parts.engine.tell(id, { type: 'start' });
    await parts.engine.tell(id, { type: 'start_attempt', step: 'classify' });
    await parts.engine.tell(id, {
      type: 'complete_effect',
      effect: { effect: 'sandbox', sandbox_identifier: 's', base_branch: 'main', base_commit: 'aaa' },
    });
    await parts.engine.tell(id, {
      type: 'finish_attempt',
      result: { ...ATTEMPT_RESULT, checkpoint: 'bbb' },
    });
    const response = await app.request(`/agent-work-orders/${id}/diff`);
    expect(response.status).toBe(500);
    const text = JSON.stringify(await problemIn(response));
    expect(text).toContain('internal_error');
    expect(text).not.toContain('secret');
    expect(parts.logged).toContainEqual(expect.objectContaining({ level: 'error', event: 'request_failed' }));
  });
});

test('a diff is shown without white space, or is a file that may be longer', async () => {
  await using parts = await startParts();
  const asked: unknown[] = [];
  const diff = (input: { readonly maxBytes: number; readonly ignoreWhiteSpace?: boolean }) => {
    asked.push([input.maxBytes, input.ignoreWhiteSpace]);
    return Promise.resolve({ text: 'diff --git a/x b/x\n', truncated: false });
  };
  const app = createApp({ ...parts.dependencies, collected: { diff } });
  const id = await parts.engine.create();
  await parts.engine.tell(id, { type: 'start' });
  await parts.engine.tell(id, { type: 'start_attempt', step: 'classify' });
  await parts.engine.tell(id, {
    type: 'complete_effect',
    effect: { effect: 'sandbox', sandbox_identifier: 's', base_branch: 'main', base_commit: 'aaa' },
  });
  await parts.engine.tell(id, { type: 'finish_attempt', result: { ...ATTEMPT_RESULT, checkpoint: 'bbb' } });
  const at = (query: string) => app.request(`/agent-work-orders/${id}/diff?${query}`);
  expect((await at('white_space=ignore')).headers.get('content-disposition')).toBeNull();
  const file = await at('download=true&step=classify');
  expect(file.headers.get('content-disposition')).toBe(`attachment; filename="${id}-classify.diff"`);
  expect(asked).toEqual([
    [4 * 1024 * 1024, true],
    [64 * 1024 * 1024, false],
  ]);
  expect((await at('white_space=none')).status).toBe(422);
});

describe('POST /{id}/cancel', () => {
  test('answers 202 with the wish, and 409 once the work order has ended', async () => {
    await using parts = await startParts();
    const { engine, app } = parts;
    const id = await engine.create();
    const cancel = () => app.request(`/agent-work-orders/${id}/cancel`, { method: 'POST' });
    const response = await cancel();
    expect(response.status).toBe(202);
    expect(WorkOrderSchema.strict().parse(await response.json()).cancel_requested).toBe(true);
    await engine.tell(id, { type: 'cancel', detail: 'asked' });
    const late = await cancel();
    expect(late.status).toBe(409);
    expect((await problemIn(late)).code).toBe('transition_refused');
  });
});

describe('GET /{id}/plan', () => {
  test('is Markdown, by version, and 404 before there is one', async () => {
    await using parts = await startParts();
    const { engine, app } = parts;
    const id = await engine.create();
    const missing = await app.request(`/agent-work-orders/${id}/plan`);
    expect([missing.status, (await problemIn(missing)).code]).toEqual([404, 'plan_not_found']);
    await engine.tell(id, { type: 'start' });
    await engine.tell(id, { type: 'start_attempt', step: 'classify' });
    await engine.tell(id, { type: 'keep_plan', path: 'specs/plän.md', plan: '# One' });
    await engine.tell(id, { type: 'keep_plan', path: 'specs/plän.md', plan: '# Two' });
    const plan = await app.request(`/agent-work-orders/${id}/plan`);
    expect(plan.headers.get('content-type')).toContain('text/markdown');
    expect([await plan.text(), plan.headers.get('x-plan-version')]).toEqual(['# Two', '2']);
    expect(await (await app.request(`/agent-work-orders/${id}/plan?version=1`)).text()).toBe('# One');
  });
});
