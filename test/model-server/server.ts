import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropic } from './anthropic.ts';
import { gemini } from './gemini.ts';
import type { Conversation } from './conversation.ts';
import { fields, string } from './json.ts';
import type { Json } from './json.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import type { Reply, Scenario } from './reply.ts';
import { SCENARIOS, placed } from './scenarios.ts';
import type { Place, ScenarioName } from './scenarios.ts';
import { send, sendJson } from './send.ts';
import { fittingValue } from './structured.ts';
import type { WireFormat } from './wire.ts';

/** Requests of real programs are large (100 KB and more); only the newest are kept. */
const MAX_REQUESTS = 500;

interface SeenRequest {
  readonly scenario: string;
  readonly method: string;
  /** Without the scenario: `/v1/messages`. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
}

export interface ModelServer extends AsyncDisposable {
  /** The base URL, without a slash at its end, under which a program gets this scenario. */
  url(scenario: ScenarioName | (string & {}), place?: Place): string;
  /** What was asked, oldest first; bounded. */
  readonly requests: readonly SeenRequest[];
}

/**
 * A scripted model on loopback that speaks the vendors' formats. It keeps no state: the scenario is in the URL, and the
 * turn in the conversation that each request holds, so that tests run side by side on one server.
 */
export async function startModelServer({
  scenarios = {},
}: {
  /** A test's own scenarios, by the name that it gives to `url`. */
  readonly scenarios?: Readonly<Record<string, Scenario>>;
} = {}): Promise<ModelServer> {
  const known: Readonly<Record<string, Scenario>> = { ...SCENARIOS, ...scenarios };
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    void serve(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    url(scenario, { role, afterTurns } = {}) {
      const place = [role === undefined ? '' : `@${role}`, afterTurns === undefined ? '' : `+${afterTurns}`].join('');
      return `http://127.0.0.1:${port}/${scenario}${place}`;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      // A stalled answer would hold the server open for ever.
      server.closeAllConnections();
      await closed;
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const method = request.method ?? '';
    const { scenario, place, path } = addressOf(request.url ?? '/');
    requests.push({ scenario, method, path, headers: request.headers, body });
    if (requests.length > MAX_REQUESTS) requests.shift();
    const found = known[scenario];
    if (found === undefined) {
      sendJson(response, 400, { error: { message: `The model server knows no scenario "${scenario}".` } });
      return;
    }
    try {
      answer({ scenario: placed(found, place), path, method, body, response });
    } catch (error) {
      sendJson(response, 500, { error: { message: String(error) } });
    }
  }
}

function addressOf(url: string): { readonly scenario: string; readonly place: Place; readonly path: string } {
  const [, first = '', ...rest] = new URL(url, 'http://loopback').pathname.split('/');
  const [, scenario = '', role, turns] = /^([^@+]*)(?:@([^+]+))?(?:\+(\d+))?$/.exec(decodeURIComponent(first)) ?? [];
  const place = {
    ...(role === undefined ? {} : { role: role as NonNullable<Place['role']> }),
    ...(turns === undefined ? {} : { afterTurns: Number(turns) }),
  };
  return { scenario, place, path: `/${rest.join('/')}` };
}

function answer({
  scenario,
  path,
  method,
  body,
  response,
}: {
  readonly scenario: Scenario;
  readonly path: string;
  readonly method: string;
  readonly body: Json;
  readonly response: ServerResponse;
}): void {
  const asked = method === 'POST' ? formatAt(path, body) : null;
  if (asked === null) return answerSmall({ path, method, response });
  const conversation = asked.format.read({ body, model: asked.model });
  send({ reply: replyTo(conversation, scenario), conversation, format: asked.format, stream: asked.stream, response });
}

/**
 * Gemini asks models small questions of its own, which have a schema and no tools: which model is right for this prompt,
 * and the like. What the model does to a prompt does not hold for them; a service that refuses or fails does.
 */
function replyTo(conversation: Conversation, scenario: Scenario): Reply {
  const reply = scenario(conversation);
  const ofProgram = conversation.schema !== null && conversation.tools.length === 0;
  const ofModel = !('fault' in reply) || reply.fault === 'refusal';
  return ofProgram && ofModel ? { json: fittingValue(conversation.schema) } : reply;
}

function formatAt(
  path: string,
  body: Json,
): { readonly format: WireFormat; readonly model: string; readonly stream: boolean } | null {
  const asked = { model: string(body['model']) || 'scripted', stream: body['stream'] === true };
  if (path.endsWith('/messages')) return { format: anthropic, ...asked };
  if (path.endsWith('/responses')) return { format: openaiResponses, ...asked };
  if (path.endsWith('/chat/completions')) return { format: openaiChat, ...asked };
  const [, model, call] = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/.exec(path) ?? [];
  return model === undefined ? null : { format: gemini, model, stream: call === 'streamGenerateContent' };
}

/** The endpoints around the models that programs ask for. */
function answerSmall({
  path,
  method,
  response,
}: {
  readonly path: string;
  readonly method: string;
  readonly response: ServerResponse;
}): void {
  if (/count_tokens$|:countTokens$/.test(path))
    return sendJson(response, 200, { input_tokens: 1000, totalTokens: 1000 });
  // Codex asks for a WebSocket first, and falls back to a stream when it is told that there is none.
  if (path.endsWith('/responses')) return sendJson(response, 426, { error: { message: 'no WebSocket here' } });
  if (path.endsWith('/models'))
    return sendJson(response, 200, { object: 'list', data: [], models: [], has_more: false });
  return sendJson(response, method === 'HEAD' || path === '/' ? 200 : 404, {
    error: { message: `nothing at ${path}` },
  });
}

async function readBody(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return fields(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch {
    // No body, one that is no JSON, or a program that has gone: the answer to each is that of an empty request.
    return {};
  }
}
