import { queryOptions } from '@tanstack/react-query';
import type { MessageView, MessagesView } from '../../../src/contract/messages.ts';
import type { WorkOrderId } from '../../../src/domain/ids.ts';
import { request, send } from './request.ts';
import { workOrderPath } from './work-orders.ts';

/** With another `revision` they are asked for again. */
export function messagesQuery(id: WorkOrderId, revision: number) {
  return queryOptions({
    queryKey: ['work-order', id, 'messages', revision],
    queryFn: async ({ signal }): Promise<readonly MessageView[]> => {
      const { prompts } = await request<MessagesView>(workOrderPath(id, '/prompts'), { signal });
      return prompts;
    },
    gcTime: 10_000,
  });
}

export async function sendMessage(id: WorkOrderId, prompt_text: string): Promise<void> {
  await send(workOrderPath(id, '/prompt'), { method: 'POST', body: { prompt_text } });
}

export async function editMessage(id: WorkOrderId, promptId: string, prompt_text: string): Promise<void> {
  await send(messagePath(id, promptId), { method: 'PATCH', body: { prompt_text } });
}

export async function withdrawMessage(id: WorkOrderId, promptId: string): Promise<void> {
  await send(messagePath(id, promptId), { method: 'DELETE' });
}

function messagePath(id: WorkOrderId, promptId: string): string {
  return workOrderPath(id, `/prompts/${encodeURIComponent(promptId)}`);
}
