import type { ServerResponse } from 'node:http';
import { STRUCTURED_OUTPUT } from './anthropic.ts';
import type { Conversation } from './conversation.ts';
import { refuseRequest } from './faults.ts';
import type { RefusedRequest } from './faults.ts';
import { fields } from './json.ts';
import { failedInStream } from './openai-responses.ts';
import { DEFAULT_USAGE } from './reply.ts';
import type { Answer, Reply } from './reply.ts';
import { fittingValue } from './structured.ts';
import { toolCall } from './tools.ts';
import type { Spoken, WireEvent, WireFormat } from './wire.ts';

const REFUSAL_TEXT = 'I cannot help with that.';
const TEXT_THAT_IS_CUT = 'This answer is long enough to be dropped in its middle, before anything has been done.';

interface Sending {
  readonly reply: Reply;
  readonly conversation: Conversation;
  readonly format: WireFormat;
  readonly stream: boolean;
  readonly response: ServerResponse;
}

/** Writes the reply to a request in the format in which it was asked. */
export function send({ reply, conversation, format, stream, response }: Sending): void {
  const fault = 'fault' in reply ? reply.fault : null;
  if (fault === 'stall') {
    response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
    response.flushHeaders();
    return;
  }
  if (fault !== null && fault !== 'cut' && fault !== 'refusal') {
    sendRefusal({ fault, conversation, format, stream, response });
    return;
  }
  const spoken = 'fault' in reply ? spokenOnFault(fault, conversation) : spokenBy(reply, conversation);
  if (!stream) {
    if (fault === 'cut') cutAfter(response, 'application/json', JSON.stringify(format.whole(spoken)).slice(0, 40));
    else sendJson(response, 200, format.whole(spoken));
    return;
  }
  const events = format.events(spoken);
  if (fault === 'cut') cutAfter(response, 'text/event-stream', inLines(events.slice(0, Math.floor(events.length / 2))));
  else sendEvents(response, events);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendRefusal({
  fault,
  conversation: { model },
  format,
  stream,
  response,
}: Omit<Sending, 'reply'> & { readonly fault: RefusedRequest }): void {
  const { status, headers, body } = refuseRequest({ fault, format: format.name, model, now: new Date() });
  if (fault === 'context-full' && format.name === 'openai-responses' && stream) {
    sendEvents(response, failedInStream({ model, error: fields(fields(body)['error']) }));
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function spokenOnFault(fault: 'cut' | 'refusal' | null, { model }: Conversation): Spoken {
  const refused = fault === 'refusal';
  const text = refused ? REFUSAL_TEXT : TEXT_THAT_IS_CUT;
  return { model, thinking: '', text, calls: [], usage: DEFAULT_USAGE, refused };
}

function spokenBy(answer: Answer, conversation: Conversation): Spoken {
  const { model, schema } = conversation;
  const { thinking = '', text = '', usage = DEFAULT_USAGE } = answer;
  const calls = (answer.actions ?? []).map((action) => toolCall(action, conversation)).filter((call) => call !== null);
  const plain = { model, thinking, text, calls, usage, refused: false };
  if (schema === null || calls.length > 0) return plain;
  // A turn that says and does nothing stays that way, whatever is asked for.
  if (answer.json === undefined && text === '') return plain;
  const json = answer.json ?? fittingValue(schema, () => text);
  if (conversation.format !== 'anthropic') return { ...plain, text: JSON.stringify(json) };
  // The tool's result is the last that Claude wants to hear; to that the model has nothing to add.
  if (structuredOutputGiven(conversation)) return plain;
  return { ...plain, calls: [{ name: STRUCTURED_OUTPUT, namespace: null, input: fields(json) }] };
}

function structuredOutputGiven({ toolResults }: Conversation): boolean {
  return toolResults.some((result) => /structured output/i.test(result));
}

function sendEvents(response: ServerResponse, events: readonly WireEvent[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.end(inLines(events));
}

function cutAfter(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { 'content-type': type });
  // Destroyed only when it is sent: else the program would see no answer at all.
  response.write(text, () => response.destroy());
}

function inLines(events: readonly WireEvent[]): string {
  return events
    .map(({ event, data }) => {
      const text = typeof data === 'string' ? data : JSON.stringify(data);
      return `${event === null ? '' : `event: ${event}\n`}data: ${text}\n\n`;
    })
    .join('');
}
