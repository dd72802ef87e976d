import { createRoute } from '@hono/zod-openapi';
import { ReclaimSchema, ReclaimedSchema } from '../../contract/reclaim.ts';
import type { App } from '../dependencies.ts';
import { writable } from '../reading.ts';
import { TAGS, json, optionalBody, problems } from '../responses.ts';

const DEFAULT_DAYS = 14;
const DAY_MS = 86_400_000;

const route = createRoute({
  method: 'post',
  path: '/service/gc',
  operationId: 'reclaimDisk',
  tags: [TAGS.service],
  summary: 'Clear away what ended work orders have left on the disk',
  description:
    'Working copies, checkpoints and diffs; the history stays. Nothing that holds work which was not pushed, unless ' +
    'told. A work order that is cleared away can be retried from its first step only.',
  request: { body: optionalBody(ReclaimSchema) },
  responses: { 200: json('What went, and what stayed', ReclaimedSchema), ...problems(422, 503) },
});

export function registerReclaim(app: App): void {
  app.openapi(route, async (context) => {
    const { dry_run, older_than_days: days, unpushed } = context.req.valid('json');
    const dryRun = dry_run ?? false;
    const found = await writable(context.var.dependencies.workOrders).reclaim({
      olderThanMs: (days ?? DEFAULT_DAYS) * DAY_MS,
      unpushed: unpushed ?? false,
      dryRun,
    });
    const gone = found.filter(({ keptBecause }) => keptBecause === null);
    const answer = {
      dry_run: dryRun,
      freed_bytes: gone.reduce((sum, { bytes }) => sum + bytes, 0),
      folders: found.map(({ workOrderId, bytes, keptBecause }) => ({
        agent_work_order_id: workOrderId,
        bytes,
        kept_because: keptBecause,
      })),
    };
    return context.json(answer, 200);
  });
}
