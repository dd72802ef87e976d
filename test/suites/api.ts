import { EventSourceParserStream } from 'eventsource-parser/stream';
import { StepsSchema } from '../../src/contract/steps.ts';
import { WorkOrderSchema } from '../../src/contract/work-order.ts';
import { EventSchema, EventsPageSchema } from '../../src/contract/events.ts';
import { TERMINAL_EVENT_TYPES } from '../../src/domain/event.ts';
import type { WorkOrderEvent } from '../../src/domain/event.ts';

/** A client for tests: what a user would do with curl. */
export function apiOf(url: string) {
  const at = (path: string) => new URL(path, url);
  const getJson = async (path: string): Promise<unknown> => (await fetch(at(path))).json();
  return {
    get: (path: string, headers: Readonly<Record<string, string>> = {}) => fetch(at(path), { headers }),
    post: (path: string, body: unknown = {}, headers: Readonly<Record<string, string>> = {}) =>
      fetch(at(path), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    async submit(body: Readonly<Record<string, unknown>>): Promise<string> {
      const response = await this.post('/agent-work-orders', body);
      const answer: unknown = await response.json();
      if (response.status !== 201) throw new Error(`not accepted: ${JSON.stringify(answer)}`);
      return String(Reflect.get(answer as object, 'agent_work_order_id'));
    },
    workOrder: async (id: string) => WorkOrderSchema.parse(await getJson(`/agent-work-orders/${id}`)),
    steps: async (id: string) => StepsSchema.parse(await getJson(`/agent-work-orders/${id}/steps`)),
    /** The events that are saved now. */
    async savedEvents(id: string): Promise<readonly WorkOrderEvent[]> {
      const { events } = EventsPageSchema.parse(await getJson(`/agent-work-orders/${id}/events?limit=1000`));
      return events as readonly WorkOrderEvent[];
    },
    /** Every event until the terminal one, or until `until` is true. */
    async *events(id: string, lastEventId: number | null = null): AsyncGenerator<WorkOrderEvent> {
      const headers = {
        accept: 'text/event-stream',
        ...(lastEventId === null ? {} : { 'last-event-id': `${lastEventId}` }),
      };
      const response = await fetch(at(`/agent-work-orders/${id}/events`), { headers });
      if (!response.body) return;
      const messages = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
      for await (const { data } of messages) yield EventSchema.parse(JSON.parse(data)) as WorkOrderEvent;
    },
    async until(id: string, wanted: (event: WorkOrderEvent) => boolean): Promise<readonly WorkOrderEvent[]> {
      const seen: WorkOrderEvent[] = [];
      for await (const event of this.events(id)) {
        seen.push(event);
        if (wanted(event)) return seen;
      }
      throw new Error(`the stream of ${id} ended after ${seen.map(({ type }) => type).join(', ')}`);
    },
    /** Waits until the log has this message. */
    async untilLogged(id: string, message: string): Promise<void> {
      const response = await fetch(at(`/agent-work-orders/${id}/logs/stream`));
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      for (let text = ''; !text.includes(message);) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`the log ended without "${message}"`);
        text = (text + value).slice(-20_000);
      }
      await reader.cancel();
    },
    untilEnd(id: string): Promise<readonly WorkOrderEvent[]> {
      return this.until(id, ({ type }) => TERMINAL_EVENT_TYPES.has(type));
    },
  };
}

export type Api = ReturnType<typeof apiOf>;
