import { createRoute, z } from '@hono/zod-openapi';
import { CreateWorkOrderSchema } from '../../contract/create-work-order.ts';
import { CreatedWorkOrderSchema } from '../../contract/work-order.ts';
import { PLAN_GATE } from '../../domain/gate.ts';
import type { App } from '../dependencies.ts';
import { refuseBody } from '../refuse-body.ts';
import { TAGS, json, problems } from '../responses.ts';
import { writable } from '../reading.ts';

const route = createRoute({
  method: 'post',
  path: '/agent-work-orders',
  operationId: 'createWorkOrder',
  tags: [TAGS.workOrders],
  summary: 'Hand in a work order',
  description: 'Answers at once; the workflow runs behind it. Unknown fields are ignored.',
  request: {
    headers: z.object({
      'idempotency-key': z
        .string()
        .regex(/^[\x20-\x7e]{1,255}$/, 'It must be 1 to 255 printable ASCII characters.')
        .optional()
        .meta({
          description: 'A repeat with the same key and body makes no second work order but gets the first answer',
          example: '0b0f5a1e-6f3d-4b3a-9a51-3f1f4d1c7a10',
        }),
    }),
    body: { required: true, content: { 'application/json': { schema: CreateWorkOrderSchema } } },
  },
  responses: {
    201: {
      ...json('The work order was accepted', CreatedWorkOrderSchema),
      headers: {
        Location: { description: 'The path of the work order', schema: { type: 'string' } },
        'Idempotency-Replayed': {
          description: '`true` when this is the answer to an earlier request with the same key',
          schema: { type: 'string' },
        },
      },
    },
    ...problems(413, 422, 503),
  },
});

export function registerCreate(app: App): void {
  app.openapi(
    route,
    async (context) => {
      const { workOrders } = context.var.dependencies;
      const body = context.req.valid('json');
      const { workOrder, created } = await writable(workOrders).submit({
        submission: {
          repositoryUrl: body.repository_url,
          userRequest: body.user_request,
          workflowType: body.workflow_type ?? undefined,
          sandboxType: body.sandbox_type ?? undefined,
          githubIssueNumber: body.github_issue_number ?? undefined,
          agent: body.agent ?? undefined,
          model: body.model ?? undefined,
          stepAgents: body.step_agents ?? undefined,
          baseBranch: body.base_branch ?? undefined,
          checks: body.checks ?? undefined,
          approvals: [...new Set([...(body.approve_plan ? [PLAN_GATE] : []), ...(body.approvals ?? [])])],
        },
        idempotencyKey: context.req.valid('header')['idempotency-key'] ?? null,
      });
      const id = workOrder.agent_work_order_id;
      context.header('location', `/agent-work-orders/${id}`);
      if (!created) context.header('idempotency-replayed', 'true');
      // A repeat gets the first answer word for word, however far the work has come since.
      const message = `The work order was accepted. Follow it at /agent-work-orders/${id}/steps.`;
      return context.json({ agent_work_order_id: id, status: 'pending' as const, message }, 201);
    },
    refuseBody('sandbox_type'),
  );
}
