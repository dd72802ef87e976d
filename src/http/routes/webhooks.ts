import { createRoute, z } from '@hono/zod-openapi';
import { WebhookAnswerSchema } from '../../contract/webhook.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import type { App } from '../dependencies.ts';
import { TAGS, json, problem, problems } from '../responses.ts';

const route = createRoute({
  method: 'post',
  path: '/webhooks/{forge}',
  operationId: 'receiveWebhook',
  tags: [TAGS.service],
  summary: 'What a forge tells of its issues',
  description:
    'For the webhooks of GitHub (`github`), GitLab (`gitlab`), Gitea and Forgejo (`gitea`). A label on an issue, or a ' +
    'comment that begins with `/work-order`, by somebody who may push makes a work order. The signature is the token: ' +
    'no other is needed. A delivery is kept before it is answered; sent again it gives the same work order. The body ' +
    "is the forge's own, as JSON.",
  security: [],
  request: { params: z.object({ forge: z.string().meta({ example: 'github' }) }) },
  responses: {
    200: json('There is nothing to do, and why', WebhookAnswerSchema),
    202: json('The delivery was taken in', WebhookAnswerSchema),
    ...problems(404, 413, 422, 501, 503),
    401: problem('The request is not signed as it should be (`webhook_signature_wrong`)'),
  },
});

export function registerWebhooks(app: App): void {
  app.openapi(route, async (context) => {
    const { webhooks, intake } = context.var.dependencies;
    if (!intake) throw new WorkOrderError('read_only', 'This process only shows the history; it takes no webhooks.');
    const received = await webhooks.receive({
      forge: context.req.param('forge'),
      headers: Object.fromEntries(context.req.raw.headers),
      body: new Uint8Array(await context.req.arrayBuffer()),
    });
    if (received.kind === 'ping') return context.json({ agent_work_order_id: null, message: 'Webhooks arrive.' }, 200);
    if (received.kind === 'ignored') return context.json({ agent_work_order_id: null, message: received.reason }, 200);
    const { workOrderId, taken, message } = await intake.take(received);
    return context.json({ agent_work_order_id: workOrderId, message }, taken ? 202 : 200);
  });
}
