import { resolve } from 'node:path';
import type { Configuration } from './contract/configuration.ts';
import { systemClock } from './process/clock.ts';
import { databaseFile, ownDataFolder } from './process/data-folder.ts';
import type { DatabaseFacts } from './stores/sqlite-backup.ts';
import { backUpSqlite, restoreSqlite } from './stores/sqlite-backup.ts';

/*
 * What is done to a data folder from outside, without a service.
 */

/** Writes the history into a file, whoever writes to it meanwhile. Rejects with `backup_refused` or `store_*`. */
export function backUp({ dataDirectory }: Configuration, { to }: { readonly to: string }): Promise<DatabaseFacts> {
  return backUpSqlite({ file: databaseFile(resolve(dataDirectory)), to: resolve(to) });
}

/** Puts a backup in the place of the history. Rejects with `data_folder_in_use` or `backup_refused`. */
export async function restore(
  { dataDirectory }: Configuration,
  { from }: { readonly from: string },
): Promise<DatabaseFacts & { readonly keptAt: string | null }> {
  using folder = ownDataFolder(resolve(dataDirectory));
  const file = databaseFile(folder.directory);
  const keepAs = `${file}.replaced-${systemClock.now().toISOString().replaceAll(':', '-')}`;
  return await restoreSqlite({ file, from: resolve(from), keepAs });
}
