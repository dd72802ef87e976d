import type { Redactor } from '../domain/redact.ts';
import type { Clock } from '../ports/clock.ts';
import type { ForgeRegistry, RepositoryPolicy } from '../ports/forge.ts';
import type { Store } from '../ports/store.ts';
import type { Log } from '../ports/telemetry.ts';
import type { ReachRacePoint } from './race-points.ts';
import type { WorkOrders } from './work-orders.ts';

/** What the composition root gives to the intake. */
export interface IntakeParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly redactor: Redactor;
  readonly forges: ForgeRegistry;
  readonly repositories: RepositoryPolicy;
  readonly workOrders: Pick<WorkOrders, 'submit'>;
  readonly reach: ReachRacePoint;
  /** The label that makes a work order of an issue. */
  readonly label: string;
  /** Where people reach the service, without a slash at the end; null where nobody has said it. */
  readonly publicUrl: string | null;
  /** The least time between two changes of a comment. */
  readonly reportPauseMs: number;
}
