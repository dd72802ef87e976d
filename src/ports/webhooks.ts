import type { IssueNews } from '../domain/delivery.ts';

/** What forges send by themselves when something happens on an issue. */
export interface Webhooks {
  /**
   * Proves that a request is from a forge whose secret is known, then reads it; nothing is read before. `forge` is the
   * kind of forge that the path names, headers have lower-case names. Rejects with `route_not_found` for a forge that
   * sends none, `webhook_not_configured`, `webhook_signature_wrong`, or `invalid_request` for a signed body that
   * cannot be read.
   */
  receive(input: {
    readonly forge: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: Uint8Array;
  }): Promise<ReceivedWebhook>;
}

export type ReceivedWebhook =
  /** The forge tries whether the service is there. */
  | { readonly kind: 'ping' }
  /** Nothing that the service acts upon. */
  | { readonly kind: 'ignored'; readonly reason: string }
  | {
      readonly kind: 'news';
      readonly forge: string;
      /** One for a request and its repetitions, with the host before it. */
      readonly deliveryId: string;
      readonly bodyHash: string;
      readonly news: IssueNews;
    };
