import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { z } from 'zod';
import { WorkOrderError } from '../domain/errors.ts';
import type { IssueNews } from '../domain/delivery.ts';

/** A request as it came: names of headers in lower case, the body byte for byte. */
export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What a request says. */
export type WebhookReading =
  | { readonly kind: 'ping' }
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'news'; readonly news: IssueNews };

/** How one kind of forge signs its requests and what they say. */
export interface WebhookReader {
  /** Whether the request was made by somebody who knows the secret; looks at bytes alone. */
  isSigned(request: WebhookRequest, secret: string): boolean;
  /** The forge's own number of the request, the same when it is sent again; null where it sends none. */
  deliveryId(request: WebhookRequest): string | null;
  /** Reads a request that is signed. Rejects with `invalid_request` for an event that is not in the forge's form. */
  read(request: WebhookRequest, content: unknown): WebhookReading;
}

export function ignored(reason: string): WebhookReading {
  return { kind: 'ignored', reason };
}

/** Of an event that the service acts upon; the fields that are not named are left alone. */
export function parsedEvent<Schema extends z.ZodType>(schema: Schema, content: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? 'body';
  throw new WorkOrderError('invalid_request', `The event has no ${where} as this forge sends it.`, {
    faults: [{ path: where, message: 'It is not in the form of this forge.' }],
  });
}

/** HMAC-SHA256 of the parts, one after the other. */
export function signatureOf(secret: string | Uint8Array, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

/** Compares digests, so that neither the time nor a difference in length tells anything. */
export function isSame(left: string, right: string): boolean {
  return timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest());
}
