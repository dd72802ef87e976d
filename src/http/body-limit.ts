import type { MiddlewareHandler } from 'hono';
import { WorkOrderError } from '../domain/errors.ts';
import type { AppEnv } from './dependencies.ts';

/**
 * Refuses a body beyond the limit with `request_too_large`. Not hono's own: that one copies the request where no length
 * is told (a DELETE without a body, a body in chunks), and a request of @hono/node-server cannot be copied.
 */
export function bodyLimit(maxBytes: number): MiddlewareHandler<AppEnv> {
  return async ({ req }, next) => {
    const { raw } = req;
    const length = raw.headers.has('transfer-encoding') ? null : raw.headers.get('content-length');
    if (length !== null) expectWithin(Number(length), maxBytes);
    else if (raw.body) {
      const body = await readAll(raw.body, maxBytes);
      const { url, method, headers, signal } = raw;
      req.raw = new Request(url, { method, headers, signal, ...(body.length === 0 ? {} : { body }) });
    }
    await next();
  };
}

async function readAll(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    expectWithin(bytes, maxBytes);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function expectWithin(bytes: number, maxBytes: number): void {
  if (bytes > maxBytes)
    throw new WorkOrderError('request_too_large', `The body is larger than ${maxBytes / 2 ** 20} MiB.`);
}
