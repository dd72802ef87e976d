import { randomUUID } from 'node:crypto';
import { conversationFrom } from './conversation.ts';
import { fields, list, string, textOf } from './json.ts';
import type { Json } from './json.ts';
import { pieces } from './wire.ts';
import type { Spoken, WireEvent, WireFormat } from './wire.ts';

/** OpenAI Chat Completions: `POST /v1/chat/completions`. */
export const openaiChat: WireFormat = {
  name: 'openai-chat',

  read({ body, model }) {
    const all = list(body['messages']);
    const isSystem = ({ role }: Json): boolean => role === 'system' || role === 'developer';
    const format = fields(body['response_format']);
    return conversationFrom({
      format: 'openai-chat',
      model,
      system: all
        .filter(isSystem)
        .map(({ content }) => textOf(content))
        .join('\n'),
      messages: all
        .filter((message) => !isSystem(message))
        .map(({ role, content }) => ({
          role: role === 'assistant' ? 'assistant' : 'user',
          text: role === 'tool' ? '' : textOf(content),
          toolResults: role === 'tool' ? [textOf(content)] : [],
        })),
      tools: list(body['tools']).map((tool) => {
        const { name, parameters } = fields(tool['function']);
        const schema = fields(parameters);
        return {
          name: string(name),
          kind: 'function',
          namespace: null,
          parameters: Object.keys(fields(schema['properties'])),
          required: Array.isArray(schema['required']) ? schema['required'].map(string) : [],
          schema,
        };
      }),
      schema: format['type'] === 'json_schema' ? fields(fields(format['json_schema'])['schema']) : null,
    });
  },

  events(spoken) {
    const head = headOf(spoken.model, 'chat.completion.chunk');
    const chunk = (delta: Json, finishReason: string | null = null): WireEvent => ({
      event: null,
      data: { ...head, choices: [{ index: 0, delta, finish_reason: finishReason }] },
    });
    return [
      chunk({ role: 'assistant', content: '' }),
      ...pieces(spoken.thinking).map((text) => chunk({ reasoning_content: text })),
      ...pieces(spoken.text).map((text) => chunk(spoken.refused ? { refusal: text } : { content: text })),
      ...callsOf(spoken).map((call, index) => chunk({ tool_calls: [{ index, ...call }] })),
      chunk({}, finishReason(spoken)),
      { event: null, data: { ...head, choices: [], usage: usageOf(spoken) } },
      { event: null, data: '[DONE]' },
    ];
  },

  whole(spoken) {
    const calls = callsOf(spoken);
    const message = {
      role: 'assistant',
      content: spoken.refused ? null : spoken.text,
      refusal: spoken.refused ? spoken.text : null,
      ...(spoken.thinking === '' ? {} : { reasoning_content: spoken.thinking }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    };
    return {
      ...headOf(spoken.model, 'chat.completion'),
      choices: [{ index: 0, message, finish_reason: finishReason(spoken) }],
      usage: usageOf(spoken),
    };
  },
};

function headOf(model: string, object: string) {
  return { id: `chatcmpl-${randomUUID()}`, object, created: Math.floor(Date.now() / 1000), model };
}

function callsOf({ calls }: Spoken) {
  return calls.map(({ name, input }) => ({
    id: `call_${randomUUID().replaceAll('-', '')}`,
    type: 'function',
    function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
  }));
}

function finishReason({ refused, calls }: Spoken): string {
  if (refused) return 'content_filter';
  return calls.length > 0 ? 'tool_calls' : 'stop';
}

function usageOf({ usage: { input, cached, output } }: Spoken) {
  return {
    prompt_tokens: input,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens: output,
    total_tokens: input + output,
  };
}
