import type { LineAnswer, OutputLine, ProcessInput } from '../../ports/process.ts';
import { parseCutJson } from '../cut-json.ts';
import { rpcMessage } from './schema.ts';
import type { RpcId } from './schema.ts';

export type RpcAnswer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly code: number | null; readonly message: string; readonly data: unknown };

/** How many bytes the line had when it was too long to be kept whole, and so is only its beginning; else null. */
type CutAt = number | null;

export interface RpcHandlers {
  /** A request of the program; what it returns is the answer. */
  readonly onRequest: (method: string, params: unknown, cutAt: CutAt) => RpcAnswer | Promise<RpcAnswer>;
  readonly onNotification: (method: string, params: unknown, cutAt: CutAt) => LineAnswer | Promise<LineAnswer>;
  /** A line that is no message of the protocol. */
  readonly onNoise: (text: string, cutAt: CutAt) => LineAnswer | Promise<LineAnswer>;
}

export interface RpcPeer {
  /** `onAnswer` runs while the line of the answer is taken in, so that what follows it waits. */
  request(method: string, params: unknown, onAnswer: (answer: RpcAnswer) => LineAnswer | Promise<LineAnswer>): void;
  notify(method: string, params: unknown): void;
  /** Takes in one line of the program's standard output. */
  receive(line: OutputLine): LineAnswer | Promise<LineAnswer>;
}

export const METHOD_NOT_FOUND = -32_601;

/** One end of JSON-RPC 2.0 over lines. A program that has gone answers nothing: its end is told by its process. */
export function createRpcPeer(input: ProcessInput, { onRequest, onNotification, onNoise }: RpcHandlers): RpcPeer {
  const waiting = new Map<RpcId, (answer: RpcAnswer) => LineAnswer | Promise<LineAnswer>>();
  let lastId = 0;

  const send = (message: object): void => {
    input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };

  async function answer(id: RpcId, method: string, params: unknown, cutAt: CutAt): Promise<void> {
    const given = await onRequest(method, params, cutAt);
    if (given.ok) send({ id, result: given.result });
    else send({ id, error: { code: given.code, message: given.message } });
  }

  return {
    request(method, params, onAnswer) {
      lastId += 1;
      waiting.set(lastId, onAnswer);
      send({ id: lastId, method, params });
    },
    notify(method, params) {
      send({ method, params });
    },
    receive(line) {
      if (line.text.trim() === '') return 'quiet';
      const cutAt = line.cut ? line.bytes : null;
      const parsed = rpcMessage.safeParse(line.cut ? parseCutJson(line.text) : parseJson(line.text));
      if (!parsed.success) return onNoise(line.text, cutAt);
      const { id = null, method = null, params, result, error } = parsed.data;
      if (method !== null)
        return id === null ? onNotification(method, params, cutAt) : answer(id, method, params, cutAt);
      if (id === null) return onNoise(line.text, cutAt);
      const onAnswer = waiting.get(id);
      // One that nobody waits for: an answer that comes twice.
      if (onAnswer === undefined) return 'quiet';
      waiting.delete(id);
      if (!error) return onAnswer({ ok: true, result });
      return onAnswer({ ok: false, code: error.code ?? null, message: error.message ?? '', data: error.data });
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
