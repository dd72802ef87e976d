import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Spending } from '../../../domain/budget.ts';
import { NOTHING_SPENT, addSpending, dayOf, spendingOf } from '../../../domain/budget.ts';
import { repositoryKey } from '../../../domain/known-repository.ts';
import type { Database } from '../database.ts';
import type { SchemaTraits } from '../traits.ts';

const PAGE = 1_000;

/** Budgets, and what has been spent: counted out of the attempts that are there. */
export async function budgets(database: Kysely<Database>, { keyedTable, bigInteger }: SchemaTraits): Promise<void> {
  const { schema } = database;
  for (const column of ['budget', 'budget_override', 'daily_override', 'budget_changed_at', 'waiting_budget'])
    await schema.alterTable('work_orders').addColumn(column, 'text').execute();
  await schema
    .alterTable('work_orders')
    .addColumn('spent', 'text', (column) => column.notNull().defaultTo(JSON.stringify(NOTHING_SPENT)))
    .execute();
  for (const column of ['default_budget', 'daily_budget'])
    await schema.alterTable('known_repositories').addColumn(column, 'text').execute();
  const table = schema
    .createTable('daily_spending')
    .addColumn('day', 'text', (column) => column.notNull())
    .addColumn('repository_key', 'text', (column) => column.notNull())
    .addColumn('cost_usd', 'double precision', (column) => column.notNull())
    .addColumn('tokens', bigInteger, (column) => column.notNull())
    .addColumn('minutes', 'double precision', (column) => column.notNull())
    .addPrimaryKeyConstraint('daily_spending_key', ['day', 'repository_key']);
  await (keyedTable ? table.modifyEnd(keyedTable) : table).execute();
  // What an agent said of its usage is looked for when the service has died: an index of these few entries alone.
  await schema
    .createIndex('log_entries_usage')
    .on('log_entries')
    .columns(['work_order_id', 'step', 'attempt', 'seq'])
    .where(sql<boolean>`event = 'usage'`)
    .execute();
  await countSpending(database);
}

async function countSpending(database: Kysely<Database>): Promise<void> {
  const ofWorkOrders = new Map<string, Spending>();
  const ofDays = new Map<string, Spending>();
  const add = (sums: Map<string, Spending>, key: string, spent: Spending) =>
    sums.set(key, addSpending(sums.get(key) ?? NOTHING_SPENT, spent));
  for (let after = 0; ;) {
    const rows = await endedAfter(database, after);
    for (const { id, url, finished_at, usage_known, duration_seconds, ...usage } of rows) {
      const spent = spendingOf(usage_known === 1 ? usage : null, duration_seconds);
      const day = dayOf(finished_at ?? '');
      add(ofWorkOrders, id, spent);
      for (const key of ['', repositoryKey(url)]) add(ofDays, `${day} ${key}`, spent);
    }
    const last = rows.at(-1)?.position;
    if (typeof last !== 'number') break;
    after = last;
  }
  for (const [id, spent] of ofWorkOrders) {
    await sql`update work_orders set spent = ${JSON.stringify(spent)} where agent_work_order_id = ${id}`.execute(
      database,
    );
  }
  for (const [key, spent] of ofDays) {
    const [day = ''] = key.split(' ', 1);
    await database
      .insertInto('daily_spending')
      .values({ day, repository_key: key.slice(day.length + 1), ...spent })
      .execute();
  }
}

/** In the order in which they have ended, as the sums are made when they end. */
async function endedAfter(database: Kysely<Database>, position: number) {
  return await database
    .selectFrom('attempts')
    .innerJoin('work_orders', 'agent_work_order_id', 'work_order_id')
    .select(['work_order_id as id', 'repository_url as url', 'ended_position as position', 'finished_at'])
    .select(['duration_seconds', 'usage_known', 'input_tokens', 'output_tokens', 'cost_usd'])
    .where('ended_position', '>', position)
    .where('inherited_from', 'is', null)
    .orderBy('ended_position')
    .limit(PAGE)
    .execute();
}
