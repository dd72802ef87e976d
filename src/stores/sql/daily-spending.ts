import type { Kysely } from 'kysely';
import type { Spending } from '../../domain/budget.ts';
import { NOTHING_SPENT, addSpending, dayOf, spendingOf } from '../../domain/budget.ts';
import { repositoryKey } from '../../domain/known-repository.ts';
import type { EndedAttempt } from '../../domain/step.ts';
import type { Store } from '../../ports/store.ts';
import type { DailySpendingTable, Database } from './database.ts';
import { precompile, valuesOf } from './precompiled.ts';

/** The key of the row that counts every repository. */
const WHOLE_SERVICE = '';
const COLUMNS = ['day', 'repository_key', 'cost_usd', 'tokens', 'minutes'] as const;

type RowKey = Pick<DailySpendingTable, 'day' | 'repository_key'>;

/** The rows of `daily_spending`: one a repository and day and one for the whole day, so that no sum is ever made of many. */
export function createSpendingRows(compiler: Kysely<Database>) {
  const select = precompile<RowKey, Spending>((value) =>
    compiler
      .selectFrom('daily_spending')
      .select(['cost_usd', 'tokens', 'minutes'])
      .where('day', '=', value('day'))
      .where('repository_key', '=', value('repository_key')),
  );
  const upsert = precompile<DailySpendingTable, unknown>((value) =>
    compiler
      .insertInto('daily_spending')
      .values(valuesOf(COLUMNS, value))
      .onConflict((conflict) =>
        conflict.columns(['day', 'repository_key']).doUpdateSet((column) => ({
          cost_usd: column.ref('excluded.cost_usd'),
          tokens: column.ref('excluded.tokens'),
          minutes: column.ref('excluded.minutes'),
        })),
      ),
  );

  async function find(database: Kysely<Database>, key: RowKey): Promise<Spending> {
    const [row] = await select(database, key);
    return row ?? NOTHING_SPENT;
  }

  return {
    /** On the day on which the attempt has ended. Writers come one after the other, so that the sum is made here. */
    async add(database: Kysely<Database>, repositoryUrl: string, attempt: EndedAttempt): Promise<void> {
      const day = dayOf(attempt.finished_at);
      const spent = spendingOf(attempt.usage, attempt.duration_seconds);
      for (const repository_key of [WHOLE_SERVICE, repositoryKey(repositoryUrl)]) {
        const key = { day, repository_key };
        await upsert(database, { ...key, ...addSpending(await find(database, key), spent) });
      }
    },
    async read(database: Kysely<Database>, { day, repositoryUrl }: Parameters<Store['dailySpending']>[0]) {
      return {
        repository: await find(database, { day, repository_key: repositoryKey(repositoryUrl) }),
        service: await find(database, { day, repository_key: WHOLE_SERVICE }),
      };
    },
  };
}
