import { describe, expect, test } from 'vitest';
import { HealthSchema } from '../../src/contract/health.ts';
import { createApp } from '../../src/http/app.ts';
import { loopbackHosts } from '../../src/http/auth.ts';
import { startParts } from './support.ts';

describe('the token', () => {
  test('is wanted for everything but health, which says less without it', async () => {
    await using parts = await startParts({ apiToken: 'right-token' });
    const status = async (path: string, authorization?: string) =>
      (await parts.app.request(path, { headers: authorization === undefined ? {} : { authorization } })).status;
    for (const path of ['/agent-work-orders', '/events', '/openapi.json', '/docs', '/nowhere']) {
      expect(await status(path)).toBe(401);
      expect(await status(path, 'Bearer wrong-token')).toBe(401);
      expect(await status(path, 'Basic right-token')).toBe(401);
      expect(await status(path, 'Bearer right-token and more')).toBe(401);
    }
    expect(await status('/agent-work-orders', 'Bearer right-token')).toBe(200);
    expect(await status('/openapi.json', 'bearer right-token')).toBe(200);

    const refused = await parts.app.request('/agent-work-orders');
    expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    expect(JSON.stringify(await refused.json())).not.toContain('right-token');
    expect(JSON.stringify(parts.logged)).not.toContain('right-token');

    const open = HealthSchema.strict().parse(await (await parts.app.request('/health')).json());
    expect(Object.keys(open).toSorted()).toEqual(['service', 'status', 'version']);
    const headers = { authorization: 'Bearer right-token' };
    const whole = HealthSchema.parse(await (await parts.app.request('/health', { headers })).json());
    expect(whole.agents).toHaveProperty('scripted');
  });
});

describe('the host', () => {
  test('a name that is not ours is refused when bound to loopback', async () => {
    await using parts = await startParts({ allowedHosts: loopbackHosts('127.0.0.1') });
    const status = async (host: string) =>
      (await parts.app.request('/agent-work-orders', { headers: { host } })).status;
    for (const host of ['localhost', 'localhost:8888', '127.0.0.1:8888', '[::1]:8888', 'LOCALHOST']) {
      expect(await status(host)).toBe(200);
    }
    for (const host of ['evil.test', 'localhost.evil.test:8888', '127.0.0.1.evil.test', '127.0.0.2', 'a b', '']) {
      expect(await status(host)).toBe(403);
    }
    const response = await parts.app.request('/health', { headers: { host: 'evil.test' } });
    expect(await response.json()).toMatchObject({ code: 'host_refused', detail: expect.stringContaining('evil.test') });
  });

  test('every name is taken where the service is not bound to loopback', () => {
    expect(loopbackHosts('0.0.0.0')).toBeNull();
    expect(loopbackHosts('192.0.2.7')).toBeNull();
    expect(loopbackHosts('::1')).toContain('[::1]');
    expect(loopbackHosts('127.0.0.5')).toContain('127.0.0.5');
    expect(loopbackHosts('127.0.0.5.evil.test')).toBeNull();
  });
});

describe('the origin', () => {
  test('pages of other origins may neither write nor read', async () => {
    await using parts = await startParts();
    const status = async (origin: string, method = 'GET', path = '/agent-work-orders') =>
      (await parts.app.request(path, { method, headers: { origin, host: 'localhost:8888' } })).status;
    expect(await status('http://localhost:8888')).toBe(200);
    for (const origin of ['http://localhost:3000', 'https://evil.test', 'null', 'http://localhost', 'nonsense', '']) {
      expect(await status(origin)).toBe(403);
      expect(await status(origin, 'GET', '/events')).toBe(403);
      expect(await status(origin, 'POST')).toBe(403);
      expect(await status(origin, 'OPTIONS')).toBe(403);
    }
    const response = await parts.app.request('/health', { headers: { origin: 'https://evil.test' } });
    expect(await response.json()).toMatchObject({ code: 'origin_refused' });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('every answer forbids framing, sniffing and embedding', async () => {
    await using parts = await startParts();
    for (const path of ['/health', '/agent-work-orders', '/nowhere', '/docs', '/agent-work-orders/wo-none']) {
      const { headers } = await parts.app.request(path);
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    }
  });
});

describe('GET /health', () => {
  test('is healthy with a store, git and an agent, and says what it found', async () => {
    await using parts = await startParts();
    const health = HealthSchema.strict().parse(await (await parts.app.request('/health')).json());
    expect(health).toMatchObject({
      status: 'healthy',
      service: 'agent-work-orders',
      reasons: [],
      git: { available: true, version: '2.39.5' },
      store: { available: true, problem: null },
      agents: { scripted: { available: true, version: '1' } },
      read_only: false,
      max_running: 2,
    });
  });

  test('is degraded with the reasons, and does not wait for a check that hangs', async () => {
    await using parts = await startParts();
    parts.engine.problemList = ['The disk is full.'];
    const waits: number[] = [];
    const hanging = {
      ...parts.dependencies.agents.agents[0]!,
      check: () => new Promise<never>(() => undefined),
    };
    const app = createApp({
      ...parts.dependencies,
      agents: { agents: [hanging], find: () => undefined },
      gitVersion: () => Promise.resolve(null),
      clock: {
        ...parts.dependencies.clock,
        sleep: async (ms, signal) => {
          waits.push(ms);
          // Time passes when nothing else has anything to do.
          await new Promise((resolve) => void setImmediate(resolve));
          await (signal?.aborted ? null : parts.store.problem());
        },
      },
    });
    const health = HealthSchema.parse(await (await app.request('/health')).json());
    expect(health.status).toBe('degraded');
    expect(health.reasons?.join(' ')).toMatch(/disk is full.*git.*No agent/);
    expect(health.agents?.['scripted']).toMatchObject({
      available: false,
      problem: expect.stringContaining('2 seconds'),
    });
    expect(new Set(waits)).toEqual(new Set([2000]));
  });
});
