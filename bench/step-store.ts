import type { NewEvent } from '../src/domain/event.ts';
import { STEP_NAMES } from '../src/domain/workflow.ts';
import { Redactor } from '../src/domain/redact.ts';
import { HistoryWriter } from '../src/engine/history-writer.ts';
import { systemClock } from '../src/process/clock.ts';
import { openSqliteStore } from '../src/stores/sqlite.ts';
import { createLog } from '../src/telemetry/log.ts';
import type { History, TimelessCommand } from '../test/suites/histories.ts';
import { aResult, aWorkOrder } from '../test/suites/histories.ts';

/** About what an agent reports at the end of a step. */
const OUTPUT = 'What was done, and why it was done so. '.repeat(25);
const CREATED_TOGETHER = 500;

/** Start and end of each of the seven steps. */
const STEP_COMMANDS: readonly TimelessCommand[] = STEP_NAMES.flatMap((step) => [
  { type: 'start_attempt', step } as const,
  { type: 'finish_attempt', result: aResult(step, { output: OUTPUT }) } as const,
]);

/** Writes the next record of one work order; false when there is none left. */
export type Writer = () => Promise<boolean>;

interface PreparedWork {
  /** One a work order, each with as many records as there are starts and ends of steps. */
  readonly writers: readonly Writer[];
  readonly records: number;
  /** The data of the same events, for those who write them without a store. */
  readonly texts: readonly string[];
}

export interface StepStore extends AsyncDisposable {
  /** Makes finished work orders, seven steps each. */
  fill(count: number): Promise<void>;
  /** Makes work orders that have begun, and what will write their steps: the store itself or the engine's writer. */
  prepare(count: number, way: 'append' | 'writer'): Promise<PreparedWork>;
}

/** The real store in a new file. */
export async function createStepStore(file: string): Promise<StepStore> {
  const store = await openSqliteStore({ file, readOnly: false });
  const redactor = new Redactor([{ name: 'AWO_API_TOKEN', value: 'benchmark'.repeat(4) }]);
  const log = createLog({ level: 'info', format: 'json', file: `${file}.log`, redactor });

  async function begin(): Promise<History> {
    const history = aWorkOrder();
    const { workOrderId } = history;
    const [event] = history.events;
    if (!event) throw new Error('a history begins with an event');
    await store.create({ workOrderId, event, idempotency: null });
    return history;
  }

  async function fillOne(): Promise<void> {
    const history = await begin();
    const events = [{ type: 'start' } as const, ...STEP_COMMANDS].flatMap((command) => history.give(command));
    events.push(...history.give({ type: 'complete', outcome: 'branch_pushed' }));
    await store.append({ workOrderId: history.workOrderId, expectedSeq: 1, epoch: null, events });
  }

  async function prepareOne(way: 'append' | 'writer'): Promise<{ readonly write: Writer; readonly texts: string[] }> {
    const history = await begin();
    const { workOrderId } = history;
    const claim = await store.claim({ workOrderId, owner: 'bench', at: new Date().toISOString() });
    if (!claim) throw new Error(`${workOrderId} is not there`);
    const { epoch } = claim;
    await store.append({ workOrderId, expectedSeq: 1, epoch, events: history.give({ type: 'start' }) });
    const started = history.workOrder;
    const records = STEP_COMMANDS.map((command) => history.give(command));
    const texts = records.map((events) => JSON.stringify(events[0]));
    let next = 0;
    if (way === 'append') {
      const write = async () => {
        const events: readonly NewEvent[] | undefined = records[next];
        if (!events) return false;
        await store.append({ workOrderId, expectedSeq: 2 + next, epoch, events });
        next += 1;
        return true;
      };
      return { write, texts };
    }
    const writer = new HistoryWriter({
      store,
      clock: systemClock,
      log,
      claim: { workOrderId, epoch },
      redactor,
      workOrder: started,
      onOutdone: () => {
        throw new Error('nobody else writes here');
      },
    });
    const write = async () => {
      const command = STEP_COMMANDS[next];
      if (!command) return false;
      await writer.record(command);
      if (writer.problem !== null) throw new Error(writer.problem);
      next += 1;
      return true;
    };
    return { write, texts };
  }

  return {
    async fill(count) {
      for (let made = 0; made < count; made += CREATED_TOGETHER) {
        await Promise.all(Array.from({ length: Math.min(CREATED_TOGETHER, count - made) }, fillOne));
      }
    },
    async prepare(count, way) {
      const prepared = await Promise.all(Array.from({ length: count }, () => prepareOne(way)));
      return {
        writers: prepared.map(({ write }) => write),
        records: count * STEP_COMMANDS.length,
        texts: prepared.flatMap(({ texts }) => texts),
      };
    },
    [Symbol.asyncDispose]: async () => store[Symbol.asyncDispose](),
  };
}
