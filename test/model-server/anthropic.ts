import { randomUUID } from 'node:crypto';
import { conversationFrom } from './conversation.ts';
import type { Message } from './conversation.ts';
import { fields, list, string, textOf } from './json.ts';
import type { Json } from './json.ts';
import { pieces } from './wire.ts';
import type { Spoken, WireEvent, WireFormat } from './wire.ts';

/** The tool by which Claude Code asks for a structured answer (`--json-schema`). */
export const STRUCTURED_OUTPUT = 'StructuredOutput';

/** Anthropic Messages: `POST /v1/messages`. */
export const anthropic: WireFormat = {
  name: 'anthropic',

  read({ body, model }) {
    const tools = list(body['tools']).map((tool) => {
      const schema = fields(tool['input_schema']);
      return {
        name: string(tool['name']),
        kind: 'function' as const,
        namespace: null,
        parameters: Object.keys(fields(schema['properties'])),
        required: Array.isArray(schema['required']) ? schema['required'].map(string) : [],
        schema,
      };
    });
    // Claude Code also sends system messages between the others: where it runs, and what has changed since.
    const all = list(body['messages']);
    const late = all.filter(({ role }) => role === 'system').map(({ content }) => textOf(content));
    const messages = all.filter(({ role }) => role !== 'system').map(readMessage);
    const schema = tools.find(({ name }) => name === STRUCTURED_OUTPUT)?.schema ?? null;
    return conversationFrom({
      format: 'anthropic',
      model,
      system: [textOf(body['system']), ...late].join('\n'),
      messages,
      tools,
      schema,
    });
  },

  events(spoken) {
    const { content, ...message } = messageOf(spoken);
    const events: WireEvent[] = [];
    const add = (type: string, rest: Json): void => {
      events.push({ event: type, data: { type, ...rest } });
    };
    add('message_start', {
      message: { ...message, content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1 } },
    });
    for (const [index, block] of content.entries()) {
      const { start, deltas } = streamed(block);
      add('content_block_start', { index, content_block: start });
      for (const delta of deltas) add('content_block_delta', { index, delta });
      add('content_block_stop', { index });
    }
    add('message_delta', { delta: { stop_reason: message.stop_reason, stop_sequence: null }, usage: message.usage });
    add('message_stop', {});
    return events;
  },

  whole: messageOf,
};

function readMessage(message: Json): Message {
  const content = message['content'];
  const toolResults = list(content)
    .filter((part) => part['type'] === 'tool_result')
    .map((part) => textOf(part['content']));
  return { role: message['role'] === 'assistant' ? 'assistant' : 'user', text: textOf(content), toolResults };
}

type Block =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown };

function blocksOf({ thinking, text, calls }: Spoken): readonly Block[] {
  return [
    ...(thinking === '' ? [] : [{ type: 'thinking' as const, thinking, signature: 'c2NyaXB0ZWQ=' }]),
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
    ...calls.map(({ name, input }) => ({ type: 'tool_use' as const, id: `toolu_${compactId()}`, name, input })),
  ];
}

function messageOf(spoken: Spoken) {
  const { usage } = spoken;
  const stopReason = spoken.refused ? 'refusal' : spoken.calls.length > 0 ? 'tool_use' : 'end_turn';
  return {
    id: `msg_${compactId()}`,
    type: 'message',
    role: 'assistant',
    model: spoken.model,
    content: blocksOf(spoken),
    stop_reason: stopReason,
    stop_sequence: null,
    usage: {
      // This vendor counts the cached part apart.
      input_tokens: usage.input - usage.cached,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: usage.cached,
      output_tokens: usage.output,
      service_tier: 'standard',
    },
  };
}

function streamed(block: Block): { readonly start: Json; readonly deltas: readonly Json[] } {
  if (block.type === 'text') {
    const deltas = pieces(block.text).map((text) => ({ type: 'text_delta', text }));
    return { start: { type: 'text', text: '' }, deltas };
  }
  if (block.type === 'thinking') {
    const deltas = pieces(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking }));
    const signature = { type: 'signature_delta', signature: block.signature };
    return { start: { type: 'thinking', thinking: '', signature: '' }, deltas: [...deltas, signature] };
  }
  const deltas = pieces(JSON.stringify(block.input)).map((json) => ({ type: 'input_json_delta', partial_json: json }));
  return { start: { ...block, input: {} }, deltas };
}

function compactId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 24);
}
