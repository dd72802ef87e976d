import type { OpenAPIHono } from '@hono/zod-openapi';
import type { WebSocket } from 'ws';
import type { Sample } from '../contract/sample.ts';
import type { Redactor } from '../domain/redact.ts';
import type { Budgets } from '../engine/budgets.ts';
import type { KnownRepositories } from '../engine/known-repositories.ts';
import type { IntakeDoor } from '../engine/intake.ts';
import type { WorkOrders } from '../engine/work-orders.ts';
import type { AgentRegistry } from '../ports/agent.ts';
import type { Clock } from '../ports/clock.ts';
import type { DiskUse } from '../ports/disk.ts';
import type { ForgeRegistry, RepositoryPolicy } from '../ports/forge.ts';
import type { CollectedChanges, ConfinementReport } from '../ports/sandbox.ts';
import type { Store } from '../ports/store.ts';
import type { Log } from '../ports/telemetry.ts';
import type { Webhooks } from '../ports/webhooks.ts';

export interface AppDependencies {
  readonly store: Store;
  /** Null where nothing runs here: reads work, writes answer 503 `read_only`. */
  readonly workOrders: WorkOrders | null;
  /** Null where the store is open for reading only: changes answer 503 `read_only`. */
  readonly knownRepositories: KnownRepositories | null;
  readonly webhooks: Webhooks;
  /** Null where nothing runs here. */
  readonly intake: IntakeDoor | null;
  readonly budgets: Budgets;
  /** Makes the sample of the demonstration when it is not there yet; null where nothing runs here. */
  readonly makeSample: (() => Promise<Sample>) | null;
  readonly agents: AgentRegistry;
  readonly forges: ForgeRegistry;
  readonly repositories: RepositoryPolicy;
  readonly collected: CollectedChanges;
  readonly confinement: ConfinementReport;
  readonly diskUse: DiskUse;
  readonly clock: Clock;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly version: string;
  /** Where the built page lies; null where there is none. */
  readonly pageDirectory: string | null;
  /** The version of the installed git, or null when there is none. Never rejects. */
  readonly gitVersion: () => Promise<string | null>;
  /** With a token every request but `GET /health` must carry it; null asks for none. */
  readonly apiToken: string | null;
  /**
   * The host names by which a request may address the service, without ports (`loopbackHosts` gives them); null accepts
   * every name, which is right only where a token guards the service.
   */
  readonly allowedHosts: readonly string[] | null;
}

/** What a route does with a request that wants to be a WebSocket: it takes it, or answers it as any other. */
export type AcceptWebSocket = (use: (socket: WebSocket) => void) => void;

export interface AppEnv {
  Bindings: {
    /** Aborted when the service closes: every stream ends then. */
    readonly closing?: AbortSignal;
    /** There where the request wants to be a WebSocket. */
    readonly acceptWebSocket?: AcceptWebSocket;
  };
  Variables: { readonly dependencies: AppDependencies };
}

export type App = OpenAPIHono<AppEnv>;
