import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { knownRepositoryStoreSuite } from './known-repository-store.suite.ts';
import { deliveriesSuite } from './deliveries.suite.ts';
import { spendingStoreSuite } from './spending-store.suite.ts';
import { stepDurationsSuite } from './step-durations.suite.ts';
import type { OpenStore } from './store.suite.ts';
import { storeSuite } from './store.suite.ts';
import { workOrderListSuite } from './work-order-list.suite.ts';

const SUITES = [
  storeSuite,
  workOrderListSuite,
  deliveriesSuite,
  knownRepositoryStoreSuite,
  spendingStoreSuite,
  stepDurationsSuite,
];
for (const suite of SUITES) suite('SQLite', openSqlite);

async function openSqlite(): Promise<OpenStore> {
  const folder = await mkdtemp(join(tmpdir(), 'awo-store-'));
  const open = () => openSqliteStore({ file: join(folder, 'store.db'), readOnly: false });
  let store = await open();
  return {
    store,
    async reopen() {
      await store[Symbol.asyncDispose]();
      store = await open();
      return store;
    },
    async dispose() {
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
