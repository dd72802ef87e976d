import { createRoute } from '@hono/zod-openapi';
import type { Health } from '../../contract/health.ts';
import { HealthSchema } from '../../contract/health.ts';
import type { Agent, AgentCheck } from '../../ports/agent.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DiskUse } from '../../ports/disk.ts';
import { isAuthorized } from '../auth.ts';
import type { App, AppDependencies } from '../dependencies.ts';
import { TAGS, json, problems } from '../responses.ts';

/** How long the answer waits for one check; the checks run side by side. */
const CHECK_TIMEOUT_MS = 2_000;

const SLOW_CHECK: AgentCheck = {
  available: false,
  version: null,
  versionTried: null,
  loggedIn: null,
  problem: 'The check has not ended within 2 seconds.',
  nextStep: 'Ask again; if it stays so, run the agent program by hand.',
};

const route = createRoute({
  method: 'get',
  path: '/health',
  operationId: 'getHealth',
  tags: [TAGS.service],
  summary: 'Whether the service is well, and what it found on this machine',
  description: '200 whenever it can answer: the status is in the body. Needs no token, but says less without it.',
  request: {},
  security: [{}],
  responses: { 200: json('The health', HealthSchema), ...problems() },
});

export function registerHealth(app: App): void {
  app.openapi(route, async (context) => {
    const { dependencies } = context.var;
    const health = await healthOf(dependencies);
    if (isAuthorized(context, dependencies.apiToken)) return context.json(health, 200);
    const { status, service, version } = health;
    return context.json({ status, service, version }, 200);
  });
}

async function healthOf(dependencies: AppDependencies): Promise<Health> {
  const { store, workOrders, agents, confinement, clock, version, gitVersion, diskUse } = dependencies;
  const [storeProblem, git, checks] = await Promise.all([
    within(clock, store.problem(), 'The store has not answered within 2 seconds.'),
    within(clock, gitVersion(), null),
    Promise.all(agents.agents.map((agent) => checkOf(clock, agent))),
  ]);
  const reasons = [
    ...(storeProblem === null ? [] : [storeProblem]),
    ...(workOrders?.problems() ?? []),
    ...overdrawn(diskUse),
    ...(git === null ? ['git was not found: install it, or put it on the PATH.'] : []),
    ...(checks.some(([, { available }]) => available)
      ? []
      : ['No agent is usable: "awo doctor" shows what is missing.']),
  ];
  return {
    status: reasons.length === 0 ? 'healthy' : 'degraded',
    service: 'agent-work-orders',
    version,
    reasons,
    git: { available: git !== null, version: git },
    store: { available: storeProblem === null, problem: storeProblem },
    agents: Object.fromEntries(checks),
    confinement,
    disk: diskOf(diskUse),
    read_only: workOrders === null,
    running: workOrders?.running ?? 0,
    max_running: workOrders?.maxRunning ?? 0,
  };
}

function diskOf(diskUse: DiskUse): NonNullable<Health['disk']> {
  const { quotaBytes: quota_bytes } = diskUse;
  const latest = diskUse.latest();
  return { quota_bytes, used_bytes: latest?.bytes ?? null, measured_at: latest?.at ?? null };
}

function overdrawn(diskUse: DiskUse): readonly string[] {
  const { quotaBytes } = diskUse;
  const used = diskUse.latest()?.bytes ?? 0;
  if (quotaBytes === null || used <= quotaBytes) return [];
  return [
    `The folders of the service take ${used} bytes, more than dataFolderQuotaBytes (${quotaBytes}): new work waits.`,
  ];
}

async function checkOf(clock: Clock, agent: Agent) {
  const { available, version, versionTried, loggedIn, problem, nextStep } = await within(
    clock,
    agent.check(),
    SLOW_CHECK,
  );
  return [
    agent.id,
    { available, version, version_tried: versionTried, logged_in: loggedIn, problem, next_step: nextStep },
  ] as const;
}

async function within<Value>(clock: Clock, value: Promise<Value>, otherwise: Value): Promise<Value> {
  const settled = new AbortController();
  try {
    return await Promise.race([value, clock.sleep(CHECK_TIMEOUT_MS, settled.signal).then(() => otherwise)]);
  } finally {
    settled.abort();
  }
}
