import { createRoute } from '@hono/zod-openapi';
import { EditMessageSchema, MessageSchema, MessagesSchema } from '../../contract/messages.ts';
import { QueueMessageSchema, QueuedMessageSchema } from '../../contract/messages.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import { invalidRequest } from '../../domain/invalid-request.ts';
import type { MessageId, WorkOrderId } from '../../domain/ids.ts';
import { isMessageId } from '../../domain/ids.ts';
import type { Message } from '../../domain/message.ts';
import type { ControlAction } from '../../engine/control.ts';
import type { App, AppDependencies } from '../dependencies.ts';
import { idOf, readWorkOrder, writable } from '../reading.ts';
import { IdParams, MessageParams, TAGS, body, json, problems } from '../responses.ts';

const queue = createRoute({
  method: 'post',
  path: '/agent-work-orders/{agent_work_order_id}/prompt',
  operationId: 'queueMessage',
  tags: [TAGS.control],
  summary: 'Send the agent a message',
  description:
    'It is given to the planner or the implementor: in the middle of its turn where the agent takes it, as the next turn of ' +
    'its session where it can go on in one, else behind the prompt of the next attempt. 409 once the work order has ended, or its work is being delivered.',
  request: { params: IdParams, body: body(QueueMessageSchema) },
  responses: { 200: json('It is queued', QueuedMessageSchema), ...problems(404, 409, 413, 422, 503) },
});

const list = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/prompts',
  operationId: 'listMessages',
  tags: [TAGS.control],
  summary: 'The messages for the agent',
  description: 'In the order in which they came, with what became of them.',
  request: { params: IdParams },
  responses: { 200: json('The messages', MessagesSchema), ...problems(404, 503) },
});

const edit = createRoute({
  method: 'patch',
  path: '/agent-work-orders/{agent_work_order_id}/prompts/{prompt_id}',
  operationId: 'editMessage',
  tags: [TAGS.control],
  summary: 'Change a message',
  description: 'Until it is given: then 409.',
  request: { params: MessageParams, body: body(EditMessageSchema) },
  responses: { 200: json('It is changed', MessageSchema), ...problems(404, 409, 413, 422, 503) },
});

const withdraw = createRoute({
  method: 'delete',
  path: '/agent-work-orders/{agent_work_order_id}/prompts/{prompt_id}',
  operationId: 'withdrawMessage',
  tags: [TAGS.control],
  summary: 'Withdraw a message',
  description: 'Until it is given: then 409.',
  request: { params: MessageParams },
  responses: { 200: json('It is withdrawn', MessageSchema), ...problems(404, 409, 503) },
});

export function registerMessages(app: App): void {
  app.openapi(queue, async (context) => {
    const workOrderId = idOf(context.req.valid('param').agent_work_order_id);
    const { prompt_text, agent_work_order_id: named } = context.req.valid('json');
    if (named != null && named !== workOrderId) {
      throw invalidRequest([{ path: 'agent_work_order_id', message: `The path names ${workOrderId}.` }]);
    }
    const { workOrders } = context.var.dependencies;
    const { promptId } = await writable(workOrders).queueMessage({ workOrderId, text: prompt_text });
    const message = 'The message is queued for the agent.';
    return context.json({ success: true, message, agent_work_order_id: workOrderId, prompt_id: promptId }, 200);
  });

  app.openapi(list, async (context) => {
    const { store } = context.var.dependencies;
    const { agent_work_order_id } = await readWorkOrder(store, context.req.valid('param').agent_work_order_id);
    const prompts = await store.messages({ workOrderId: agent_work_order_id });
    return context.json({ agent_work_order_id, prompts }, 200);
  });

  app.openapi(edit, async (context) => {
    const { prompt_text: text } = context.req.valid('json');
    const { dependencies } = context.var;
    return context.json(
      await changed(dependencies, context.req.valid('param'), (promptId) => ({ type: 'edit_message', promptId, text })),
      200,
    );
  });

  app.openapi(withdraw, async (context) => {
    const { dependencies } = context.var;
    return context.json(
      await changed(dependencies, context.req.valid('param'), (promptId) => ({ type: 'withdraw_message', promptId })),
      200,
    );
  });
}

/** Tells the work order, and reads the message as it is then. */
async function changed(
  { workOrders, store }: AppDependencies,
  at: { readonly agent_work_order_id: string; readonly prompt_id: string },
  action: (promptId: MessageId) => ControlAction,
): Promise<Message> {
  const workOrderId = idOf(at.agent_work_order_id);
  if (!isMessageId(at.prompt_id)) throw messageNotFound(workOrderId, at.prompt_id);
  await writable(workOrders).control({ workOrderId, action: action(at.prompt_id) });
  const messages = await store.messages({ workOrderId });
  const message = messages.find(({ prompt_id }) => prompt_id === at.prompt_id);
  if (!message) throw messageNotFound(workOrderId, at.prompt_id);
  return message;
}

function messageNotFound(workOrderId: WorkOrderId, promptId: string): WorkOrderError {
  return new WorkOrderError('message_not_found', `Work order ${workOrderId} has no message ${promptId.slice(0, 50)}.`);
}
