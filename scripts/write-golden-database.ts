import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { STEP_NAMES } from '../src/domain/workflow.ts';
import { openSqliteStore } from '../src/stores/sqlite.ts';
import { A_CHOICE, aResult, aSavedWorkOrder } from '../test/suites/histories.ts';

/*
 * `npm run golden`: keeps a database of the schema of now in `test/histories/schemas`, before a migration makes it an older
 * one. `test/e2e/older-schemas.test.ts` says what is in it.
 */

const request = { repository_url: '/the-repository.git', agent: 'command', user_request: 'Keep a list' };
const prompted = { type: 'keep_prompt', ...A_CHOICE } as const;

const folder = await mkdtemp(join(tmpdir(), 'awo-golden-'));
const file = join(folder, 'work-orders.db');
const store = await openSqliteStore({ file, readOnly: false });
const done = await aSavedWorkOrder(store, { request });
await done.give({ type: 'start' });
for (const step of STEP_NAMES) {
  await done.give({ type: 'start_attempt', step });
  await done.give({ ...prompted, prompt: `the prompt of ${step}` });
  await done.give({ type: 'finish_attempt', result: aResult(step) });
}
await done.give({ type: 'complete', outcome: 'branch_pushed' });
await aSavedWorkOrder(store, { request });
const cut = await aSavedWorkOrder(store, { request });
await cut.give({ type: 'start' });
await cut.give({ type: 'start_attempt', step: 'classify' });
await cut.give({ ...prompted, prompt: 'the prompt of classify' });
await store[Symbol.asyncDispose]();

const database = new DatabaseSync(file, { readOnly: true });
const schema = database.prepare('select max(version) as version from schema_version').get()?.['version'];
const path = join(import.meta.dirname, '../test/histories/schemas', `${Number(schema)}.sql`);
await writeFile(
  path,
  statementsOf(database)
    .map((statement) => `${statement};\n`)
    .join(''),
);
database.close();
await rm(folder, { recursive: true });
console.log(`wrote ${path}`);

/** What makes the same database again; indexes last. */
function statementsOf(from: DatabaseSync): readonly string[] {
  const made = from
    .prepare("select type, name, sql from sqlite_master where sql is not null order by type = 'index', rowid")
    .all();
  const tables = made.filter(({ type }) => type === 'table').map(({ name }) => String(name));
  const rows = tables.flatMap((table) =>
    from
      .prepare(`select * from "${table}"`)
      .all()
      .map((row) => `insert into "${table}" values (${Object.values(row).map(literal).join(', ')})`),
  );
  return [...made.map(({ sql }) => String(sql)), ...rows];
}

function literal(value: unknown): string {
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
