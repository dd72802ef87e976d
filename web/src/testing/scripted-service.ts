import { vi } from 'vitest';

/** A service in the hands of a test: it answers by the path, and its streams say what the test says. */
export class ScriptedService {
  /** What was asked, as `GET /health`, in this order. */
  readonly asked: string[] = [];
  /** The bodies of what was sent, in this order. */
  readonly sent: unknown[] = [];
  private readonly answers = new Map<string, () => Response | Promise<Response>>();
  private hasEnded = false;
  private readonly streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  private opening: Promise<void> = Promise.resolve();

  constructor() {
    vi.stubGlobal('fetch', this.fetch);
  }

  /** From now on; `route` as in `asked`. */
  on(route: string, answer: unknown, headers: Readonly<Record<string, string>> = {}): this {
    this.answers.set(route, () => Response.json(answer, { headers }));
    return this;
  }

  refuse(route: string, problem: { readonly status: number; readonly [field: string]: unknown }): this {
    const headers = { 'content-type': 'application/problem+json' };
    this.answers.set(route, () => new Response(JSON.stringify(problem), { status: problem.status, headers }));
    return this;
  }

  /** Answers when the test lets it. */
  hold(route: string, answer: unknown): () => void {
    const { promise, resolve } = Promise.withResolvers<Response>();
    this.answers.set(route, () => promise);
    return () => resolve(Response.json(answer));
  }

  /** Streams open when the test lets them. */
  holdStreams(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.opening = promise;
    return resolve;
  }

  /** To everybody who reads a stream. */
  say(id: number, data: unknown): void {
    const message = new TextEncoder().encode(`id: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
    for (const stream of this.streams) stream.enqueue(message);
  }

  /** Breaks every stream. */
  cut(): void {
    for (const stream of this.streams) stream.error(new Error('cut'));
    this.streams.clear();
  }

  /** Ends every stream; whoever comes back next is told that nothing more will come. */
  end(): void {
    for (const stream of this.streams) stream.close();
    this.streams.clear();
    this.hasEnded = true;
  }

  private readonly fetch = async (path: string, { method = 'GET', body, headers, signal }: RequestInit = {}) => {
    const route = `${method} ${path}`;
    this.asked.push(route);
    if (typeof body === 'string') this.sent.push(JSON.parse(body));
    const answer = this.answers.get(route);
    if (answer) return await answer();
    if (new Headers(headers).get('accept') === 'text/event-stream') {
      await this.opening;
      return this.stream(signal);
    }
    return new Response(JSON.stringify({ status: 404, code: 'not_found', detail: `nobody answers ${route}` }), {
      status: 404,
      headers: { 'content-type': 'application/problem+json' },
    });
  };

  private stream(signal: AbortSignal | null | undefined): Response {
    if (this.hasEnded) {
      this.hasEnded = false;
      return new Response(null, { status: 204 });
    }
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.streams.add(controller);
        controller.enqueue(new TextEncoder().encode(': caught up\n\n'));
        signal?.addEventListener('abort', () => {
          if (this.streams.delete(controller)) controller.error(signal.reason);
        });
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }
}
