import type { FormatName } from './conversation.ts';
import { fields, list, string } from './json.ts';
import type { Json } from './json.ts';

/** What a program would have said and done before this request: a prompt, then `exchanges` calls of its tool. */
export interface Asking {
  /** The base URL of a scenario. */
  readonly url: string;
  readonly format: FormatName;
  readonly stream?: boolean;
  readonly prompt?: string;
  readonly exchanges?: number;
  readonly tool?: { readonly name: string; readonly parameters: Json } | null;
  /** The JSON schema of a structured answer. */
  readonly schema?: Json | null;
}

/** What a program would have understood. */
export interface Heard {
  readonly status: number;
  readonly headers: Headers;
  /** The answer as it came, for faults. */
  readonly body: Json;
  readonly thinking: string;
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly input: Json }[];
  readonly end: string;
}

const SHELL = { name: 'Bash', parameters: { type: 'object', properties: { command: { type: 'string' } } } };

/** Asks as the programs do, in any of the formats, and reads the answer as they would. */
export async function ask(asking: Asking): Promise<Heard> {
  const response = await post(asking);
  const { status, headers } = response;
  const nothing = { status, headers, body: {}, thinking: '', text: '', calls: [], end: '' };
  if (status !== 200) return { ...nothing, body: fields(await response.json()) };
  const body = await response.text();
  const chunks = asking.stream === true ? dataOf(body) : [fields(JSON.parse(body))];
  return { ...nothing, body: chunks.at(-1) ?? {}, ...READERS[asking.format](chunks, asking.stream === true) };
}

export function post({
  url,
  format,
  stream = false,
  prompt = 'Do it.',
  exchanges = 0,
  tool = SHELL,
  schema = null,
}: Asking): Promise<Response> {
  const rounds = Array.from({ length: exchanges }, (_, index) => `result ${index + 1}`);
  const { path, body } = ASKERS[format]({ prompt, rounds, tool, schema, stream });
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

interface Asked {
  readonly prompt: string;
  readonly rounds: readonly string[];
  readonly tool: { readonly name: string; readonly parameters: Json } | null;
  readonly schema: Json | null;
  readonly stream: boolean;
}

const ASKERS: Readonly<Record<FormatName, (asked: Asked) => { readonly path: string; readonly body: Json }>> = {
  anthropic: ({ prompt, rounds, tool, schema, stream }) => ({
    path: '/v1/messages',
    body: {
      model: 'model-1',
      stream,
      messages: [
        { role: 'user', content: prompt },
        ...rounds.flatMap((content) => [
          { role: 'assistant', content: [{ type: 'tool_use', id: 'call', name: 'Bash', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call', content }] },
        ]),
      ],
      tools: [
        ...(tool === null ? [] : [{ name: tool.name, input_schema: tool.parameters }]),
        ...(schema === null ? [] : [{ name: 'StructuredOutput', input_schema: schema }]),
      ],
    },
  }),
  'openai-responses': ({ prompt, rounds, tool, schema, stream }) => ({
    path: '/v1/responses',
    body: {
      model: 'model-1',
      stream,
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: prompt }] },
        ...rounds.flatMap((output) => [
          { type: 'function_call', call_id: 'call', name: 'Bash', arguments: '{}' },
          { type: 'function_call_output', call_id: 'call', output },
        ]),
      ],
      tools: tool === null ? [] : [{ type: 'function', ...tool }],
      ...(schema === null ? {} : { text: { format: { type: 'json_schema', name: 'answer', schema } } }),
    },
  }),
  'openai-chat': ({ prompt, rounds, tool, schema, stream }) => ({
    path: '/v1/chat/completions',
    body: {
      model: 'model-1',
      stream,
      messages: [
        { role: 'system', content: 'You are a program.' },
        { role: 'user', content: prompt },
        ...rounds.flatMap((content) => [
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'call', function: { name: 'Bash', arguments: '{}' } }],
          },
          { role: 'tool', tool_call_id: 'call', content },
        ]),
      ],
      tools: tool === null ? [] : [{ type: 'function', function: tool }],
      ...(schema === null ? {} : { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } }),
    },
  }),
  gemini: ({ prompt, rounds, tool, schema, stream }) => ({
    path: `/v1beta/models/model-1:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: {
      contents: [
        { role: 'user', parts: [{ text: prompt }] },
        ...rounds.flatMap((output) => [
          { role: 'model', parts: [{ functionCall: { name: 'Bash', args: {} } }] },
          { role: 'user', parts: [{ functionResponse: { name: 'Bash', response: { output } } }] },
        ]),
      ],
      tools:
        tool === null ? [] : [{ functionDeclarations: [{ name: tool.name, parametersJsonSchema: tool.parameters }] }],
      generationConfig: schema === null ? {} : { responseJsonSchema: schema },
    },
  }),
};

type Understood = Pick<Heard, 'thinking' | 'text' | 'calls' | 'end'>;

const READERS: Readonly<Record<FormatName, (chunks: readonly Json[], stream: boolean) => Understood>> = {
  anthropic(chunks, stream) {
    const whole = chunks[0] ?? {};
    const blocks = stream ? blocksOf(chunks) : list(whole['content']);
    const last = stream ? fields(chunks.find(({ type }) => type === 'message_delta')?.['delta']) : whole;
    return {
      thinking: joined(blocks, 'thinking'),
      text: joined(blocks, 'text'),
      calls: blocks
        .filter(({ type }) => type === 'tool_use')
        .map(({ name, input }) => ({ name: string(name), input: fields(input) })),
      end: string(last['stop_reason']),
    };
  },
  'openai-responses'(chunks, stream) {
    const done = chunks.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => fields(item));
    const last = stream ? fields(chunks.at(-1)?.['response']) : (chunks[0] ?? {});
    const items = stream ? done : list(last['output']);
    const parts = items.flatMap(({ content }) => list(content));
    const streamed = (type: string): string =>
      joined(
        chunks.filter((chunk) => chunk['type'] === type),
        'delta',
      );
    return {
      thinking: stream
        ? streamed('response.reasoning_summary_text.delta')
        : joined(
            items.flatMap(({ summary }) => list(summary)),
            'text',
          ),
      text: stream
        ? streamed('response.output_text.delta') + streamed('response.refusal.delta')
        : joined(parts, 'text') + joined(parts, 'refusal'),
      calls: items
        .filter(({ type }) => type === 'function_call')
        .map((call) => ({ name: string(call['name']), input: fields(JSON.parse(string(call['arguments']))) })),
      end: parts.some(({ type }) => type === 'refusal') ? 'refusal' : string(last['status']),
    };
  },
  'openai-chat'(chunks, stream) {
    const choices = chunks.flatMap(({ choices }) => list(choices));
    const messages = choices.map((choice) => fields(choice[stream ? 'delta' : 'message']));
    return {
      thinking: joined(messages, 'reasoning_content'),
      text: joined(messages, 'content') + joined(messages, 'refusal'),
      calls: messages
        .flatMap((message) => list(message['tool_calls']))
        .map((call) => fields(call['function']))
        .map((call) => ({ name: string(call['name']), input: fields(JSON.parse(string(call['arguments']))) })),
      end: choices.map((choice) => string(choice['finish_reason'])).join(''),
    };
  },
  gemini(chunks) {
    const candidates = chunks.flatMap((chunk) => list(chunk['candidates']));
    const parts = candidates.flatMap(({ content }) => list(fields(content)['parts']));
    return {
      thinking: joined(
        parts.filter(({ thought }) => thought === true),
        'text',
      ),
      text: joined(
        parts.filter(({ thought }) => thought !== true),
        'text',
      ),
      calls: parts
        .filter((part) => 'functionCall' in part)
        .map((part) => fields(part['functionCall']))
        .map(({ name, args }) => ({ name: string(name), input: fields(args) })),
      end: candidates.map((candidate) => string(candidate['finishReason'])).join(''),
    };
  },
};

/** Puts the blocks of an Anthropic stream together. */
function blocksOf(chunks: readonly Json[]): readonly Json[] {
  return chunks
    .filter(({ type }) => type === 'content_block_start')
    .map((start) => {
      const deltas = chunks.filter(({ type, index }) => type === 'content_block_delta' && index === start['index']);
      const said = deltas.map(({ delta }) => fields(delta));
      const block = fields(start['content_block']);
      const input = joined(said, 'partial_json');
      return {
        type: block['type'],
        name: block['name'],
        text: joined(said, 'text'),
        thinking: joined(said, 'thinking'),
        input: input === '' ? {} : JSON.parse(input),
      };
    });
}

/** The data of server-sent events, without the mark of the end that one vendor sends. */
function dataOf(body: string): readonly Json[] {
  return body
    .split('\n')
    .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map((line) => fields(JSON.parse(line.slice('data: '.length))));
}

function joined(parts: readonly Json[], name: string): string {
  return parts.map((part) => string(part[name])).join('');
}
