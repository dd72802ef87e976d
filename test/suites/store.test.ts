import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/stores/sqlite.ts';
import { storeSuite } from './store.suite.ts';

storeSuite('SQLite', async () => {
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
});
