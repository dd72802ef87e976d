import { randomUUID } from 'node:crypto';
import { conversationFrom } from './conversation.ts';
import type { Message, OfferedTool } from './conversation.ts';
import { fields, list, string, textOf } from './json.ts';
import type { Json } from './json.ts';
import { pieces } from './wire.ts';
import type { Spoken, WireEvent, WireFormat } from './wire.ts';

/** OpenAI Responses: `POST /v1/responses`. */
export const openaiResponses: WireFormat = {
  name: 'openai-responses',

  read({ body, model }) {
    const input = typeof body['input'] === 'string' ? [{ role: 'user', content: body['input'] }] : list(body['input']);
    const format = fields(fields(body['text'])['format']);
    return conversationFrom({
      format: 'openai-responses',
      model,
      system: string(body['instructions']),
      messages: input.flatMap(readItem),
      tools: list(body['tools']).flatMap((tool) => readTools(tool)),
      schema: format['type'] === 'json_schema' ? fields(format['schema']) : null,
    });
  },

  events(spoken) {
    const response = responseOf(spoken);
    const events: WireEvent[] = [];
    const add = (type: string, rest: Json): void => {
      events.push({ event: type, data: { type, sequence_number: events.length, ...rest } });
    };
    const begun = { ...response, status: 'in_progress', output: [], usage: null };
    add('response.created', { response: begun });
    add('response.in_progress', { response: begun });
    for (const [index, item] of response.output.entries()) addItem(add, index, item);
    add('response.completed', { response });
    return events;
  },

  whole: responseOf,
};

/** A request for too much is refused in the stream by this vendor, not by a status. */
export function failedInStream({ model, error }: { readonly model: string; readonly error: Json }): WireEvent[] {
  const response = { ...responseHead(model), output: [], usage: null };
  const failed = { ...response, status: 'failed', error: { code: error['code'], message: error['message'] } };
  return [
    { event: 'response.created', data: { type: 'response.created', sequence_number: 0, response } },
    { event: 'response.failed', data: { type: 'response.failed', sequence_number: 1, response: failed } },
  ];
}

function readItem(item: Json): readonly Message[] {
  const type = string(item['type']);
  if (type === 'message' || (type === '' && 'role' in item)) {
    const text = textOf(item['content']);
    // A developer's message is a system prompt in the middle: it is kept apart from what the user says.
    if (item['role'] === 'assistant') return [{ role: 'assistant', text, toolResults: [] }];
    return item['role'] === 'user' ? [{ role: 'user', text, toolResults: [] }] : [];
  }
  if (type.endsWith('_output')) {
    const output = typeof item['output'] === 'string' ? item['output'] : textOf(item['output']);
    return [{ role: 'user', text: '', toolResults: [output] }];
  }
  return type.endsWith('_call') || type === 'reasoning' ? [{ role: 'assistant', text: '', toolResults: [] }] : [];
}

function readTools(tool: Json, namespace: string | null = null): readonly OfferedTool[] {
  if (tool['type'] === 'namespace') {
    return list(tool['tools']).flatMap((inner) => readTools(inner, string(tool['name'])));
  }
  const schema = fields(tool['parameters']);
  return [
    {
      name: string(tool['name']) || string(tool['type']),
      kind: tool['type'] === 'custom' ? 'custom' : 'function',
      namespace,
      parameters: Object.keys(fields(schema['properties'])),
      required: Array.isArray(schema['required']) ? schema['required'].map(string) : [],
      schema,
    },
  ];
}

type Item = Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };

function itemsOf({ thinking, text, calls, refused }: Spoken): readonly Item[] {
  const said = refused ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations: [] };
  const message = { type: 'message', id: newId('msg'), role: 'assistant', status: 'completed', content: [said] };
  const summary = [{ type: 'summary_text', text: thinking }];
  return [
    ...(thinking === '' ? [] : [{ type: 'reasoning', id: newId('rs'), summary, encrypted_content: null }]),
    // A turn that ends with nothing said still holds its empty message.
    ...(text === '' && calls.length > 0 ? [] : [message]),
    ...calls.map(({ name, namespace, input }) => {
      const call = { call_id: newId('call'), name, ...(namespace === null ? {} : { namespace }), status: 'completed' };
      return typeof input === 'string'
        ? { type: 'custom_tool_call', id: newId('ctc'), ...call, input }
        : { type: 'function_call', id: newId('fc'), ...call, arguments: JSON.stringify(input) };
    }),
  ];
}

function addItem(add: (type: string, rest: Json) => void, index: number, item: Item): void {
  const place = { item_id: item.id, output_index: index };
  const started = { ...item, status: 'in_progress' };
  if (item.type === 'message') {
    add('response.output_item.added', { output_index: index, item: { ...started, content: [] } });
    const part = list(item['content'])[0] ?? {};
    const [kind, text] =
      part['type'] === 'refusal' ? ['refusal', string(part['refusal'])] : ['output_text', string(part['text'])];
    const empty = kind === 'refusal' ? { ...part, refusal: '' } : { ...part, text: '' };
    add('response.content_part.added', { ...place, content_index: 0, part: empty });
    for (const delta of pieces(text)) add(`response.${kind}.delta`, { ...place, content_index: 0, delta });
    add(`response.${kind}.done`, { ...place, content_index: 0, [kind === 'refusal' ? 'refusal' : 'text']: text });
    add('response.content_part.done', { ...place, content_index: 0, part });
  } else if (item.type === 'reasoning') {
    add('response.output_item.added', { output_index: index, item: { ...started, summary: [] } });
    const part = list(item['summary'])[0] ?? {};
    add('response.reasoning_summary_part.added', { ...place, summary_index: 0, part: { ...part, text: '' } });
    for (const delta of pieces(string(part['text']))) {
      add('response.reasoning_summary_text.delta', { ...place, summary_index: 0, delta });
    }
    add('response.reasoning_summary_text.done', { ...place, summary_index: 0, text: part['text'] });
    add('response.reasoning_summary_part.done', { ...place, summary_index: 0, part });
  } else {
    const [field, event] =
      item.type === 'function_call' ? ['arguments', 'function_call_arguments'] : ['input', 'custom_tool_call_input'];
    const text = string(item[field]);
    add('response.output_item.added', { output_index: index, item: { ...started, [field]: '' } });
    for (const delta of pieces(text)) add(`response.${event}.delta`, { ...place, delta });
    add(`response.${event}.done`, { ...place, [field]: text });
  }
  add('response.output_item.done', { output_index: index, item });
}

function responseOf(spoken: Spoken) {
  const { input, cached, output } = spoken.usage;
  return {
    ...responseHead(spoken.model),
    status: 'completed',
    output: itemsOf(spoken),
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: cached },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + output,
    },
  };
}

function responseHead(model: string) {
  return {
    id: newId('resp'),
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: 'in_progress',
    error: null,
    model,
  };
}

function newId(prefix: string): string {
  return `${prefix}_${randomUUID().replaceAll('-', '')}`;
}
