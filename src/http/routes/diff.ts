import { createRoute } from '@hono/zod-openapi';
import { DiffQuery } from '../../contract/git.ts';
import type { EndedAttempt } from '../../domain/step.ts';
import type { WorkOrder } from '../../domain/work-order.ts';
import type { StepName } from '../../domain/workflow.ts';
import type { App } from '../dependencies.ts';
import { idOf, notFound } from '../reading.ts';
import { IdParams, TAGS, problems, text } from '../responses.ts';

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_DOWNLOAD_BYTES = 64 * 1024 * 1024;

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/diff',
  operationId: 'getDiff',
  tags: [TAGS.work],
  summary: 'The unified diff, whole or of one step',
  description: 'Empty while nothing was changed. At most 4 MiB. Secrets of the service are replaced.',
  request: { params: IdParams, query: DiffQuery },
  responses: {
    200: {
      ...text('The diff', 'text/x-diff', '--- a/src/theme.ts\n+++ b/src/theme.ts\n@@ -1 +1 @@\n-light\n+dark\n'),
      headers: { 'X-Truncated': { description: '`true` when the diff is longer', schema: { type: 'string' } } },
    },
    ...problems(404, 422, 503),
  },
});

export function registerDiff(app: App): void {
  app.openapi(route, async (context) => {
    const { store, collected, redactor } = context.var.dependencies;
    const workOrderId = idOf(context.req.valid('param').agent_work_order_id);
    const history = await store.stepHistory({ workOrderId });
    if (!history) throw notFound(workOrderId);
    const { step, white_space, download } = context.req.valid('query');
    const isDownload = download === 'true';
    const range = step === undefined ? wholeRange(history.workOrder) : stepRange(history, step);
    const diff =
      range &&
      (await collected.diff({
        workOrderId,
        ...range,
        maxBytes: isDownload ? MAX_DOWNLOAD_BYTES : MAX_BYTES,
        ignoreWhiteSpace: white_space === 'ignore',
      }));
    context.header('content-type', 'text/x-diff; charset=utf-8');
    if (isDownload) {
      const name = step === undefined ? workOrderId : `${workOrderId}-${step}`;
      context.header('content-disposition', `attachment; filename="${name}.diff"`);
    }
    if (diff?.truncated) context.header('x-truncated', 'true');
    return context.body(redactor.diff(diff?.text ?? ''), 200);
  });
}

interface Range {
  readonly from: string;
  readonly to: string;
}

function wholeRange({ base_commit: from, git_commit: commit, checkpoint }: WorkOrder): Range | null {
  const to = commit ?? checkpoint;
  return from !== null && to !== null ? { from, to } : null;
}

/**
 * From the state in which the latest attempt at a step began to the one it left: it began where the steps before it in
 * the workflow had come to, whatever attempts failed in between.
 */
export function stepRange(
  { workOrder, attempts }: { readonly workOrder: WorkOrder; readonly attempts: readonly EndedAttempt[] },
  step: StepName,
): Range | null {
  const order = workOrder.steps.map((state) => state.step);
  const index = attempts.findLastIndex((attempt) => attempt.step === step && attempt.checkpoint !== null);
  const to = attempts[index]?.checkpoint ?? null;
  const before = attempts
    .slice(0, Math.max(index, 0))
    .findLast(
      (attempt) => attempt.success && attempt.checkpoint !== null && order.indexOf(attempt.step) < order.indexOf(step),
    );
  const from = before?.checkpoint ?? workOrder.base_commit;
  return from !== null && to !== null ? { from, to } : null;
}
