import type { z } from 'zod';
import type { ChangeBudgetSchema, DailyBudgetsView } from '../contract/budget.ts';
import { DailyBudgetsSchema } from '../contract/budget.ts';
import type { Approve, EditPlan, Fork, Reject, Retry, Rewind } from '../contract/control.ts';
import { DrainSchema } from '../contract/control.ts';
import type { CreateWorkOrder } from '../contract/create-work-order.ts';
import { DiagnosisSchema } from '../contract/diagnosis.ts';
import type { DiagnosisView } from '../contract/diagnosis.ts';
import { EventSchema, EventsPageSchema } from '../contract/events.ts';
import { HealthSchema } from '../contract/health.ts';
import type { Health } from '../contract/health.ts';
import { LogEntrySchema, LogPageSchema } from '../contract/logs.ts';
import type { LogPage } from '../contract/logs.ts';
import { MessageSchema, MessagesSchema, QueuedMessageSchema } from '../contract/messages.ts';
import type { MessageView } from '../contract/messages.ts';
import { ProblemSchema } from '../contract/problem.ts';
import type { ReclaimSchema, ReclaimedView } from '../contract/reclaim.ts';
import { ReclaimedSchema } from '../contract/reclaim.ts';
import { SampleSchema } from '../contract/sample.ts';
import type { Sample } from '../contract/sample.ts';
import { StepsSchema } from '../contract/steps.ts';
import type { StepsView } from '../contract/steps.ts';
import { CreatedWorkOrderSchema, WorkOrderSchema } from '../contract/work-order.ts';
import type { CreatedWorkOrder, WorkOrderView } from '../contract/work-order.ts';
import { WorkOrderError } from '../domain/errors.ts';
import type { WorkOrderEvent } from '../domain/event.ts';
import type { WorkOrderStatus } from '../domain/work-order.ts';
import type { StepName } from '../domain/workflow.ts';
import { ServiceProblem } from './errors.ts';
import { nextPage, parameters, read } from './answers.ts';
import { readEventStream } from './event-stream.ts';
import type { RepositoriesClient } from './repositories-client.ts';
import { createRepositoriesClient } from './repositories-client.ts';

/** `fetch` of the platform, or that of a service in this process. */
export type Fetch = (request: Request) => Promise<Response>;
export type LogEntry = LogPage['log_entries'][number];

export interface LogQuery {
  readonly step?: StepName | undefined;
  readonly level?: LogEntry['level'] | undefined;
  /** Kinds of entries, with commas between them. */
  readonly event?: string | undefined;
  readonly text?: string | undefined;
}

interface FollowOptions {
  /** Only what comes after this number. */
  readonly after: number;
  readonly signal?: AbortSignal | undefined;
  readonly onConnection?: ((connected: boolean) => void) | undefined;
}

/** What a work order is told, beside to cancel. */
export type ControlRequest =
  | { readonly action: 'retry'; readonly body: Retry }
  | { readonly action: 'rewind'; readonly body: Rewind }
  | { readonly action: 'approve'; readonly body: Approve }
  | { readonly action: 'reject'; readonly body: Reject }
  | { readonly action: 'plan'; readonly body: EditPlan }
  | { readonly action: 'budget'; readonly body: z.input<typeof ChangeBudgetSchema> }
  | { readonly action: 'pause' | 'resume'; readonly body?: undefined };

const REQUEST_MS = 30_000;
const RECLAIM_MS = 30 * 60_000;
const LONGEST_PAGE = 500;

/**
 * What the command line asks of a service. Each method rejects with a `ServiceProblem` when the service refuses, and
 * with `service_unreachable` when it does not answer.
 */
export interface ApiClient {
  health(): Promise<Health>;
  /** May be repeated with the same key: only one work order is made. */
  create(input: { readonly request: CreateWorkOrder; readonly idempotencyKey: string }): Promise<CreatedWorkOrder>;
  /** Newest first, at most `limit`; `more` is true when there are others behind them. */
  list(input: {
    readonly statuses?: readonly WorkOrderStatus[] | undefined;
    readonly repositoryUrl?: string | undefined;
    readonly text?: string | undefined;
    readonly limit: number;
  }): Promise<{ readonly workOrders: readonly WorkOrderView[]; readonly more: boolean }>;
  workOrder(id: string): Promise<WorkOrderView>;
  /** Null when nothing has changed since the answer that had this ETag. */
  steps(id: string, etag?: string | null): Promise<{ readonly steps: StepsView; readonly etag: string | null } | null>;
  /** Of an attempt, by its number in the step history or the name of its step. */
  prompt(
    id: string,
    which: string,
  ): Promise<{ readonly step: string; readonly attempt: number; readonly prompt: string }>;
  diagnosis(id: string): Promise<DiagnosisView>;
  /** Of today, UTC; of a repository too where one is named. */
  dailyBudgets(repositoryUrl: string | undefined): Promise<DailyBudgetsView>;
  cancel(id: string): Promise<void>;
  /** Answers with the work order as it stands then. */
  control(id: string, request: ControlRequest): Promise<WorkOrderView>;
  /** A new work order that goes on from where another one stood; may be repeated with the same key. */
  fork(id: string, wish: Fork, idempotencyKey: string): Promise<CreatedWorkOrder>;
  /** Words for the agent. */
  queueMessage(id: string, text: string): Promise<z.output<typeof QueuedMessageSchema>>;
  messages(id: string): Promise<readonly MessageView[]>;
  /** Gives a message other words, or withdraws it when they are null. */
  changeMessage(id: string, promptId: string, text: string | null): Promise<MessageView>;
  reclaim(wish: z.input<typeof ReclaimSchema>): Promise<ReclaimedView>;
  drain(): Promise<{ readonly running: number }>;
  /** A first work order for a repository that the service makes, to be handed in as it is. */
  makeSample(): Promise<Sample>;
  /** The latest version of the plan when null. */
  plan(
    id: string,
    version: string | null,
  ): Promise<{ readonly version: number; readonly path: string; readonly markdown: string }>;
  /** The events that are there now. */
  events(id: string, after: number): AsyncGenerator<WorkOrderEvent, void, undefined>;
  /** The events that are there and those to come, each once, until the work order has ended. */
  followEvents(id: string, options: FollowOptions): AsyncGenerator<WorkOrderEvent, void, undefined>;
  readonly repositories: RepositoriesClient;
  logPage(id: string, query: LogQuery & { readonly offset: number; readonly limit: number }): Promise<LogPage>;
  followLog(id: string, query: LogQuery, options: FollowOptions): AsyncGenerator<LogEntry, void, undefined>;
}

export interface ApiClientOptions {
  /** Where the service is; a path in it is kept as a prefix. */
  readonly url: string;
  readonly fetch: Fetch;
  readonly apiToken: string | null;
  /** How long a lost stream is tried again, in milliseconds. */
  readonly giveUpAfterMs: number;
}

export function createApiClient({ url, fetch, apiToken, giveUpAfterMs }: ApiClientOptions): ApiClient {
  const base = url.endsWith('/') ? url : `${url}/`;

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (apiToken !== null) headers.set('authorization', `Bearer ${apiToken}`);
    const signal = init.signal ?? AbortSignal.timeout(REQUEST_MS);
    try {
      return await fetch(new Request(new URL(path, base), { ...init, headers, signal, redirect: 'error' }));
    } catch (cause) {
      throw new WorkOrderError('service_unreachable', `The service at ${url} does not answer.`, { cause });
    }
  }

  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await send(path, init);
    if (!response.ok && response.status !== 304) throw await problemOf(response);
    return response;
  }

  /** Sent twice when the first answer was lost: the key keeps it one work order. */
  async function askOnce(path: string, request: object, idempotencyKey: string): Promise<Response> {
    const init: RequestInit = {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(request),
    };
    return ask(path, init).catch((error: unknown) => {
      if (error instanceof ServiceProblem) throw error;
      return ask(path, init);
    });
  }

  function follow(path: string, { after, signal, onConnection }: FollowOptions) {
    return readEventStream({
      open: (lastId, connectionSignal) =>
        send(path, {
          headers: { accept: 'text/event-stream', 'last-event-id': String(lastId) },
          signal: connectionSignal,
        }),
      refused: problemOf,
      after,
      signal,
      onConnection,
      giveUpAfterMs,
    });
  }

  return {
    repositories: createRepositoriesClient({ ask, base }),

    async health() {
      return await read(HealthSchema, await ask('health'));
    },

    async create({ request, idempotencyKey }) {
      return await read(CreatedWorkOrderSchema, await askOnce('agent-work-orders', request, idempotencyKey));
    },

    async list({ statuses, repositoryUrl, text, limit }) {
      const workOrders: WorkOrderView[] = [];
      const filter = { status: statuses?.join(','), repository_url: repositoryUrl, text };
      let path: string | null = `agent-work-orders?${parameters({ ...filter, limit: Math.min(limit, LONGEST_PAGE) })}`;
      while (path !== null && workOrders.length < limit) {
        const response: Response = await ask(path);
        workOrders.push(...(await read(WorkOrderSchema.array(), response)));
        path = nextPage(response, { base, resource: 'agent-work-orders' });
      }
      return { workOrders: workOrders.slice(0, limit), more: path !== null || workOrders.length > limit };
    },

    async workOrder(id) {
      return await read(WorkOrderSchema, await ask(pathOf(id)));
    },

    async steps(id, etag = null) {
      const response = await ask(pathOf(id, '/steps'), etag === null ? {} : { headers: { 'if-none-match': etag } });
      if (response.status === 304) return null;
      return { steps: await read(StepsSchema, response), etag: response.headers.get('etag') };
    },

    async prompt(id, which) {
      const response = await ask(pathOf(id, `/steps/${encodeURIComponent(which)}/prompt`));
      const { headers } = response;
      return {
        step: headers.get('x-step') ?? which,
        attempt: Number(headers.get('x-attempt')),
        prompt: await response.text(),
      };
    },

    async diagnosis(id) {
      return await read(DiagnosisSchema, await ask(pathOf(id, '/diagnosis')));
    },

    async dailyBudgets(repository_url) {
      return await read(DailyBudgetsSchema, await ask(`budget?${parameters({ repository_url })}`));
    },

    async cancel(id) {
      const response = await ask(pathOf(id, '/cancel'), { method: 'POST' });
      await response.body?.cancel();
    },

    async control(id, { action, body = {} }) {
      const response = await ask(pathOf(id, `/${action}`), {
        method: action === 'plan' ? 'PUT' : 'POST',
        ...jsonBody(body),
      });
      return await read(WorkOrderSchema, response);
    },

    async fork(id, wish, idempotencyKey) {
      return await read(CreatedWorkOrderSchema, await askOnce(pathOf(id, '/fork'), wish, idempotencyKey));
    },

    async queueMessage(id, prompt_text) {
      const response = await ask(pathOf(id, '/prompt'), { method: 'POST', ...jsonBody({ prompt_text }) });
      return await read(QueuedMessageSchema, response);
    },

    async messages(id) {
      return (await read(MessagesSchema, await ask(pathOf(id, '/prompts')))).prompts;
    },

    async changeMessage(id, promptId, prompt_text) {
      const init = prompt_text === null ? { method: 'DELETE' } : { method: 'PATCH', ...jsonBody({ prompt_text }) };
      return await read(MessageSchema, await ask(pathOf(id, `/prompts/${encodeURIComponent(promptId)}`), init));
    },

    async reclaim(wish) {
      const response = await ask('service/gc', {
        method: 'POST',
        ...jsonBody(wish),
        // It looks through folders of any size.
        signal: AbortSignal.timeout(RECLAIM_MS),
      });
      return await read(ReclaimedSchema, response);
    },

    async drain() {
      return await read(DrainSchema, await ask('service/drain', { method: 'POST' }));
    },

    async makeSample() {
      return await read(SampleSchema, await ask('service/sample', { method: 'POST' }));
    },

    async plan(id, version) {
      const response = await ask(pathOf(id, `/plan?${parameters({ version: version ?? undefined })}`));
      const { headers } = response;
      return {
        version: Number(headers.get('x-plan-version')),
        path: decodeURI(headers.get('x-plan-path') ?? ''),
        markdown: await response.text(),
      };
    },

    async *events(id, after) {
      let position = after;
      for (;;) {
        const response = await ask(pathOf(id, `/events?${parameters({ after: position, limit: 1000 })}`));
        const page = await read(EventsPageSchema, response);
        yield* page.events.map((event) => known(event));
        if (page.events.length === 0 || page.next_after >= page.last_seq) return;
        position = page.next_after;
      }
    },

    async *followEvents(id, options) {
      let last = options.after;
      for await (const { data } of follow(pathOf(id, '/events'), options)) {
        const event = EventSchema.parse(JSON.parse(data));
        if (event.seq !== last + 1) {
          throw new WorkOrderError('internal_error', `The service sent event ${event.seq} after event ${last}.`);
        }
        last = event.seq;
        yield known(event);
      }
    },

    async logPage(id, { step, level, event, text, offset, limit }) {
      const response = await ask(pathOf(id, `/logs?${parameters({ step, level, event, text, offset, limit })}`));
      return await read(LogPageSchema, response);
    },

    async *followLog(id, { step, level, event, text }, options) {
      const query = parameters({ step, level, event, text });
      for await (const { data } of follow(pathOf(id, `/logs/stream?${query}`), options)) {
        yield LogEntrySchema.parse(JSON.parse(data));
      }
    },
  };
}

/** The error that an answer of the service says, or one about the answer when it is not from our service. */
async function problemOf(response: Response): Promise<ServiceProblem> {
  const body: unknown = await response.json().catch(() => null);
  const problem = ProblemSchema.safeParse(body);
  if (problem.success) {
    const { code, detail, next_step: nextStep, errors = [] } = problem.data;
    return new ServiceProblem({ status: response.status, code, detail, nextStep, faults: errors });
  }
  return new ServiceProblem({
    status: response.status,
    code: 'service_unreachable',
    detail: `${response.url || 'The service'} answered ${response.status} in a form that is not ours.`,
    nextStep: 'Check that --url is the address of an Agent Work Orders service.',
    faults: [],
  });
}

/** Checks what every event has; what `data` holds is up to the type, and an unknown type is passed over by `evolve`. */
function known(event: z.output<typeof EventSchema>): WorkOrderEvent {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the data of each type is checked where it is written
  return event as unknown as WorkOrderEvent;
}

function jsonBody(value: object): Pick<RequestInit, 'headers' | 'body'> {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

function pathOf(id: string, rest = ''): string {
  return `agent-work-orders/${encodeURIComponent(id)}${rest}`;
}
