import { createRoute, z } from '@hono/zod-openapi';
import { STEP_NAMES } from '../../domain/workflow.ts';
import type { StepName } from '../../domain/workflow.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import type { App } from '../dependencies.ts';
import { idOf, notFound } from '../reading.ts';
import { IdParams, TAGS, problems, text } from '../responses.ts';

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/steps/{n}/prompt',
  operationId: 'getPrompt',
  tags: [TAGS.history],
  summary: 'The exact prompt of an attempt',
  description:
    '404 with `prompt_not_found` where the attempt has not begun or has asked no agent: most steps ask none.',
  request: {
    params: IdParams.extend({
      n: z
        .string()
        .regex(
          new RegExp(`^(?:[1-9][0-9]{0,8}|${STEP_NAMES.join('|')})$`),
          'It must be a number from 1 or the name of a step.',
        )
        .meta({
          description:
            'The number of the attempt in the step history, from 1, the running one included; or the name of a step, for its latest attempt with a prompt',
          example: '2',
        }),
    }),
  },
  responses: {
    200: {
      ...text('The prompt as it was given', 'text/markdown', 'You plan a new feature …'),
      headers: {
        'X-Step': { description: 'The step', schema: { type: 'string' } },
        'X-Attempt': { description: 'The attempt, from 1 within the step', schema: { type: 'integer' } },
      },
    },
    ...problems(404, 422, 503),
  },
});

export function registerPrompt(app: App): void {
  app.openapi(route, async (context) => {
    const { store } = context.var.dependencies;
    const { agent_work_order_id, n } = context.req.valid('param');
    const workOrderId = idOf(agent_work_order_id);
    const history = await store.stepHistory({ workOrderId });
    if (!history) throw notFound(workOrderId);
    const running = history.workOrder.in_progress;
    // One attempt runs at a time, so the order of the ends is that of the starts.
    const attempts = [...history.attempts, ...(running ? [running] : [])];
    for (const { step, attempt } of candidates(attempts, n)) {
      const prompt = await store.prompt({ workOrderId, step, attempt });
      if (prompt === null) continue;
      context.header('content-type', 'text/markdown; charset=utf-8');
      context.header('x-step', step);
      context.header('x-attempt', String(attempt));
      return context.body(prompt, 200);
    }
    throw new WorkOrderError('prompt_not_found', `There is no prompt of ${n} in work order ${workOrderId}.`);
  });
}

type Attempt = { readonly step: StepName; readonly attempt: number };

function candidates(attempts: readonly Attempt[], n: string): readonly Attempt[] {
  if (!/^\d/.test(n)) return attempts.filter(({ step }) => step === n).toReversed();
  const attempt = attempts[Number(n) - 1];
  return attempt ? [attempt] : [];
}
