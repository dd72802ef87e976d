import { createRoute } from '@hono/zod-openapi';
import { DrainSchema } from '../../contract/control.ts';
import type { App } from '../dependencies.ts';
import { writable } from '../reading.ts';
import { TAGS, json, problems } from '../responses.ts';

const route = createRoute({
  method: 'post',
  path: '/service/drain',
  operationId: 'drainService',
  tags: [TAGS.service],
  summary: 'Let the service come to rest, and stop',
  description:
    'No attempt begins any more; those that run go on to their end, and then the service stops. The next start goes on from there.',
  responses: { 202: json('It comes to rest', DrainSchema), ...problems(503) },
});

export function registerDrain(app: App): void {
  app.openapi(route, (context) => {
    const { workOrders, log } = context.var.dependencies;
    const engine = writable(workOrders);
    engine.drain().catch((error: unknown) => log.error('drain_failed', { err: error }));
    return context.json({ draining: engine.draining, running: engine.running }, 202);
  });
}
