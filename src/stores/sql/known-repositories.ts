import type { Kysely, Selectable } from 'kysely';
import type { StepAgents } from '../../domain/agent-choice.ts';
import type { Budget } from '../../domain/budget.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import type { RepositoryId } from '../../domain/ids.ts';
import { isRepositoryId } from '../../domain/ids.ts';
import type { KnownRepository } from '../../domain/known-repository.ts';
import { repositoryKey } from '../../domain/known-repository.ts';
import type { KnownRepositoryStore } from '../../ports/known-repository-store.ts';
import { cursorRefused } from './cursor.ts';
import type { Database, KnownRepositoriesTable } from './database.ts';
import { storedJson } from './json.ts';

type Row = Selectable<KnownRepositoriesTable>;

/** Rejects with `repository_exists`. */
export async function addRepository(database: Kysely<Database>, repository: KnownRepository): Promise<void> {
  const earlier = await findRepositoryOf(database, repository.repository_url);
  if (earlier) {
    const message = `The repository ${earlier.repository_url} is known as ${earlier.repository_id}.`;
    throw new WorkOrderError('repository_exists', message, { faults: [{ path: 'repository_url', message }] });
  }
  await database.insertInto('known_repositories').values(rowOf(repository)).execute();
}

export async function findRepository(
  database: Kysely<Database>,
  repositoryId: RepositoryId,
): Promise<KnownRepository | null> {
  const row = await database
    .selectFrom('known_repositories')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .executeTakeFirst();
  return row ? repositoryIn(row) : null;
}

export async function findRepositoryOf(
  database: Kysely<Database>,
  repositoryUrl: string,
): Promise<KnownRepository | null> {
  const row = await database
    .selectFrom('known_repositories')
    .selectAll()
    .where('repository_key', '=', repositoryKey(repositoryUrl))
    .executeTakeFirst();
  return row ? repositoryIn(row) : null;
}

/** The cursor is the time of the last use on the page, and the id behind it for those of the same millisecond. */
export async function listRepositories(
  database: Kysely<Database>,
  { limit, cursor }: Parameters<KnownRepositoryStore['repositories']>[0],
): ReturnType<KnownRepositoryStore['repositories']> {
  let query = database
    .selectFrom('known_repositories')
    .selectAll()
    .orderBy(({ fn }) => fn.coalesce('last_used_at', 'created_at'), 'desc')
    .orderBy('repository_id', 'desc')
    .limit(limit + 1);
  if (cursor !== null) {
    const { usedAt, repositoryId } = placeOf(cursor);
    query = query.where((where) => {
      const time = where.fn.coalesce('last_used_at', 'created_at');
      const sameTime = where.and([where(time, '=', usedAt), where('repository_id', '<', repositoryId)]);
      return where.or([where(time, '<', usedAt), sameTime]);
    });
  }
  const rows = await query.execute();
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    repositories: rows.slice(0, limit).map(repositoryIn),
    nextCursor: last ? `${last.last_used_at ?? last.created_at}_${last.repository_id}` : null,
  };
}

export async function changeRepository(
  database: Kysely<Database>,
  { repositoryId, change }: Parameters<KnownRepositoryStore['changeRepository']>[0],
): Promise<KnownRepository | null> {
  const before = await findRepository(database, repositoryId);
  if (!before) return null;
  const after = { ...before, ...change(before) };
  await database
    .updateTable('known_repositories')
    .set(rowOf(after))
    .where('repository_id', '=', repositoryId)
    .execute();
  return after;
}

export async function removeRepository(database: Kysely<Database>, repositoryId: RepositoryId): Promise<boolean> {
  const { numDeletedRows } = await database
    .deleteFrom('known_repositories')
    .where('repository_id', '=', repositoryId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** A work order was handed in; nothing happens where the repository has been removed meanwhile. */
export async function useRepository(
  database: Kysely<Database>,
  { repositoryId, at }: { readonly repositoryId: RepositoryId; readonly at: string },
): Promise<void> {
  await database
    .updateTable('known_repositories')
    .set({ last_used_at: at })
    .where('repository_id', '=', repositoryId)
    .execute();
}

function rowOf(repository: KnownRepository): KnownRepositoriesTable {
  const { default_step_agents, checks, may_push, default_budget, daily_budget } = repository;
  return {
    ...repository,
    repository_key: repositoryKey(repository.repository_url),
    default_step_agents: JSON.stringify(default_step_agents),
    checks: JSON.stringify(checks),
    default_budget: default_budget && JSON.stringify(default_budget),
    daily_budget: daily_budget && JSON.stringify(daily_budget),
    may_push: may_push === null ? null : Number(may_push),
  };
}

function repositoryIn({ repository_key: _key, ...row }: Row): KnownRepository {
  return {
    ...row,
    default_step_agents: storedJson<StepAgents>(row.default_step_agents),
    checks: storedJson<string[]>(row.checks),
    default_budget: row.default_budget === null ? null : storedJson<Budget>(row.default_budget),
    daily_budget: row.daily_budget === null ? null : storedJson<Budget>(row.daily_budget),
    may_push: row.may_push === null ? null : row.may_push === 1,
  };
}

function placeOf(cursor: string): { readonly usedAt: string; readonly repositoryId: RepositoryId } {
  const [usedAt = '', repositoryId = '', ...more] = cursor.split('_');
  if (!/^[\d:.TZ-]+$/.test(usedAt) || !isRepositoryId(repositoryId) || more.length > 0) throw cursorRefused();
  return { usedAt, repositoryId };
}
