import { join } from 'node:path';
import type { WorkOrderId } from '../src/domain/ids.ts';
import type { NewLogEntry, Store } from '../src/ports/store.ts';
import { openSqliteStore } from '../src/stores/sqlite.ts';
import { FULL_LIFE, aSavedWorkOrder } from '../test/suites/histories.ts';

const WORK_ORDERS = 50;
const ENTRIES_A_WRITE = 1_000;
export const ENTRIES = 100_000;
/** About a megabyte; its first line tells when it is there. */
export const LARGE_TEXT = `the first line of it\n${'a line of a megabyte of output, as a build says it\n'.repeat(20_000)}`;

interface PageFixture {
  /** Its log has 100,000 entries, the last one with a text of a megabyte. */
  readonly long: WorkOrderId;
  /** Its log has a hundred. */
  readonly short: WorkOrderId;
}

/** Ended work orders as a service of some weeks has them, written through the store. */
export async function fillStore(dataDirectory: string): Promise<PageFixture> {
  await using store = await openSqliteStore({ file: join(dataDirectory, 'work-orders.db'), readOnly: false });
  for (let made = 0; made < WORK_ORDERS; made += 1) await anEndedOne(store);
  const short = await anEndedOne(store);
  await store.appendLog({ workOrderId: short, entries: Array.from({ length: 100 }, (_, index) => entryOf(index)) });
  const long = await anEndedOne(store);
  for (let written = 0; written < ENTRIES - 1; written += ENTRIES_A_WRITE) {
    const length = Math.min(ENTRIES_A_WRITE, ENTRIES - 1 - written);
    await store.appendLog({
      workOrderId: long,
      entries: Array.from({ length }, (_, index) => entryOf(written + index)),
    });
  }
  await store.appendLog({ workOrderId: long, entries: [{ ...entryOf(0), event: 'text', message: LARGE_TEXT }] });
  return { long, short };
}

async function anEndedOne(store: Store): Promise<WorkOrderId> {
  const saved = await aSavedWorkOrder(store);
  for (const command of FULL_LIFE) await saved.give(command);
  return saved.workOrderId;
}

/** What agents say, of each kind, in one line or in many. */
function entryOf(index: number): NewLogEntry {
  const entry = { level: 'info', step: index < ENTRIES / 2 ? 'plan' : 'implement', attempt: 1, data: null } as const;
  const timestamp = new Date(Date.UTC(2026, 10, 25) + index * 50).toISOString();
  switch (index % 5) {
    case 0: {
      const data = { tool: 'Bash', input: { command: `npm test -- ${index}` } };
      return { ...entry, timestamp, event: 'tool_call', message: `running npm test -- ${index}`, data };
    }
    case 1: {
      const message = `\u001b[32m✓\u001b[0m greets in capital letters (${index} ms)\n`.repeat(1 + (index % 30));
      return { ...entry, timestamp, level: 'debug', event: 'tool_result', message, data: { ok: true } };
    }
    case 2:
      return { ...entry, timestamp, level: 'debug', event: 'thinking', message: 'Capital letters; what about the ß?' };
    case 3:
      return { ...entry, timestamp, event: 'text', message: `I will\n\n- read line ${index}\n- write the next one` };
    default:
      return { ...entry, timestamp, event: 'text', message: `Line ${index} of what it says.` };
  }
}
