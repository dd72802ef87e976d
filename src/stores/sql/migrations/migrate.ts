import type { Kysely } from 'kysely';
import { WorkOrderError } from '../../../domain/errors.ts';
import type { Database } from '../database.ts';
import type { SchemaTraits } from '../traits.ts';
import { initial } from './0001-initial.ts';
import { agentsOfSteps } from './0002-agents-of-steps.ts';
import { control } from './0003-control.ts';
import { knownRepositories } from './0004-known-repositories.ts';
import { deliveries } from './0005-deliveries.ts';
import { checks } from './0006-checks.ts';
import { messages } from './0007-messages.ts';
import { forks } from './0008-forks.ts';
import { budgets } from './0009-budgets.ts';

type Migration = (database: Kysely<Database>, traits: SchemaTraits) => Promise<void>;

/** In order; the place, from 1, is the version. A migration that was released is never changed. */
const MIGRATIONS: readonly Migration[] = [
  initial,
  agentsOfSteps,
  control,
  knownRepositories,
  deliveries,
  checks,
  messages,
  forks,
  budgets,
];

/** The version of the schema that this program reads and writes. */
const SCHEMA_VERSION = MIGRATIONS.length;

/** Makes the tables of an empty database; nothing is left behind when it rejects. */
export async function beginSchema(database: Kysely<Database>, traits: SchemaTraits): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await transaction.schema
      .createTable('schema_version')
      .addColumn('version', 'integer', (column) => column.notNull().primaryKey())
      .addColumn('applied_at', 'text', (column) => column.notNull())
      .execute();
    await applyAfter(0, transaction, traits);
  });
}

/**
 * Brings a database to the version of this program. Rejects with `store_too_new` or `store_damaged`, found out by the
 * readers alone: a database that is not ours is not even opened for writing.
 */
export async function migrate(
  { readers, writer }: { readonly readers: Kysely<Database>; readonly writer: Kysely<Database> },
  traits: SchemaTraits,
): Promise<void> {
  const version = await checkedSchemaVersion(readers);
  if (version === SCHEMA_VERSION) return;
  await writer.transaction().execute((transaction) => applyAfter(version, transaction, traits));
}

/**
 * Rejects unless the database has exactly the version of this program: with `store_too_new`, `store_damaged`, or
 * `store_unavailable` for an older one, which only a writer can change.
 */
export async function expectSchema(readers: Kysely<Database>): Promise<void> {
  const version = await checkedSchemaVersion(readers);
  if (version === SCHEMA_VERSION) return;
  throw new WorkOrderError(
    'store_unavailable',
    `The database has the older schema ${version}, this program reads ${SCHEMA_VERSION}. Start the service once: it brings the database up to date.`,
  );
}

async function checkedSchemaVersion(database: Kysely<Database>): Promise<number> {
  const tables = await database.introspection.getTables();
  if (!tables.some(({ name }) => name === 'schema_version')) {
    throw new WorkOrderError(
      'store_damaged',
      'The database cannot be read: it has no schema version, so it is not one of this program.',
    );
  }
  const row = await database
    .selectFrom('schema_version')
    .select('version')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  const version = row?.version ?? 0;
  if (version < 1)
    throw new WorkOrderError('store_damaged', 'The database cannot be read: it does not say which schema it has.');
  if (version > SCHEMA_VERSION) {
    throw new WorkOrderError(
      'store_too_new',
      `The database has schema ${version}, this program knows schemas up to ${SCHEMA_VERSION}: a newer version wrote it.`,
    );
  }
  return version;
}

async function applyAfter(version: number, database: Kysely<Database>, traits: SchemaTraits): Promise<void> {
  for (const [index, migration] of MIGRATIONS.entries()) {
    if (index < version) continue;
    await migration(database, traits);
    await database
      .insertInto('schema_version')
      .values({ version: index + 1, applied_at: new Date().toISOString() })
      .execute();
  }
}
