import { expect, test } from 'vitest';
import { aWorkOrder } from '../../test/suites/histories.ts';
import { reasonToKeep } from './reclaim.ts';
import type { WorkOrder } from './work-order.ts';

const DAY_MS = 86_400_000;
const now = new Date('2026-02-01T00:00:00.000Z');
const ended = (changes: Partial<WorkOrder> = {}): WorkOrder => ({
  ...aWorkOrder().workOrder,
  status: 'completed',
  outcome: 'branch_pushed',
  git_files_changed: 3,
  updated_at: '2026-01-01T00:00:00.000Z',
  ...changes,
});

test.each([
  ['one that was delivered', ended(), {}, null],
  ['one that changed nothing', ended({ status: 'failed', outcome: null, git_files_changed: 0 }), {}, null],
  ['one that is not known', null, {}, 'whose it is'],
  ['one that waits', ended({ status: 'waiting' }), {}, 'It is waiting'],
  ['one that has just ended', ended({ updated_at: now.toISOString() }), {}, 'not long ago'],
  ['one whose working copy was kept', ended(), { hasWorkingCopy: true }, 'not pushed'],
  ['one that failed with work', ended({ status: 'failed', outcome: null }), {}, 'not pushed'],
  ['the same, when told', ended({ status: 'failed', outcome: null }), { unpushed: true, hasWorkingCopy: true }, null],
  ['one that is not known, when told', null, { unpushed: true }, 'whose it is'],
] as const)(
  '%s',
  (
    _,
    workOrder,
    { hasWorkingCopy = false, unpushed = false }: { hasWorkingCopy?: boolean; unpushed?: boolean },
    reason,
  ) => {
    const found = reasonToKeep(workOrder, { hasWorkingCopy, now }, { olderThanMs: 7 * DAY_MS, unpushed });
    if (reason === null) expect(found).toBeNull();
    else expect(found).toContain(reason);
  },
);
