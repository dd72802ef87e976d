/** What goes wrong with a request: the answer, or how there is none. */
export type FaultKind =
  | 'unauthorized'
  | 'scope_missing'
  | 'not_found'
  /** The repository has another name now. */
  | 'moved'
  | 'conflict'
  | 'invalid'
  | 'rate_limited'
  /** A limit that is lifted at once. */
  | 'briefly_limited'
  | 'bad_gateway'
  /** The request is carried out, and its answer is a 502. */
  | 'answer_lost'
  /** The connection ends before anything is done. */
  | 'cut'
  /** The request is carried out, and the connection ends instead of an answer. */
  | 'cut_after'
  /** There is no answer, ever. */
  | 'silent';

export interface Fault {
  /** The id of an operation in the forge's description, or `git`. */
  readonly at: string;
  readonly kind: FaultKind;
  /** How often; for ever without it. */
  readonly times?: number;
}

/** An answer of the API, before it is checked. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** When the rate limit of the fake ends: long after any test. */
export const RATE_LIMIT_RESET = '2040-01-01T00:00:00.000Z';

/** The faults that are to come, taken in their order. */
export class Faults {
  #planned: { at: string; kind: FaultKind; left: number }[] = [];

  plan({ at, kind, times = Number.POSITIVE_INFINITY }: Fault): void {
    this.#planned.push({ at, kind, left: times });
  }

  clear(): void {
    this.#planned = [];
  }

  take(at: string): FaultKind | null {
    const next = this.#planned.find((fault) => fault.at === at && fault.left > 0);
    if (!next) return null;
    next.left -= 1;
    return next.kind;
  }
}
