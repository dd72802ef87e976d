import { createRoute } from '@hono/zod-openapi';
import { CreateWorkOrderSchema } from '../../contract/create-work-order.ts';
import { PLAN_GATE } from '../../domain/gate.ts';
import { ACCEPTED, IdempotencyHeaders, accepted } from '../accepted.ts';
import type { App } from '../dependencies.ts';
import { refuseBody } from '../refuse-body.ts';
import { TAGS, problems } from '../responses.ts';
import { writable } from '../reading.ts';

const route = createRoute({
  method: 'post',
  path: '/agent-work-orders',
  operationId: 'createWorkOrder',
  tags: [TAGS.workOrders],
  summary: 'Hand in a work order',
  description: 'Answers at once; the workflow runs behind it. Unknown fields are ignored.',
  request: {
    headers: IdempotencyHeaders,
    body: { required: true, content: { 'application/json': { schema: CreateWorkOrderSchema } } },
  },
  responses: {
    201: ACCEPTED,
    ...problems(413, 422, 503),
  },
});

export function registerCreate(app: App): void {
  app.openapi(
    route,
    async (context) => {
      const { workOrders } = context.var.dependencies;
      const body = context.req.valid('json');
      const answer = await writable(workOrders).submit({
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
          budget: body.budget ?? undefined,
          approvals: [...new Set([...(body.approve_plan ? [PLAN_GATE] : []), ...(body.approvals ?? [])])],
        },
        idempotencyKey: context.req.valid('header')['idempotency-key'] ?? null,
      });
      return context.json(accepted(context, answer), 201);
    },
    refuseBody('sandbox_type'),
  );
}
