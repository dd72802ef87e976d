import type { Kysely, RawBuilder } from 'kysely';
import type { Database } from './database.ts';

/** In what one database differs from another; everything else of the store is the same code. */
export interface SqlTraits {
  /** Where reads run: beside the writer, so that they never wait for it. */
  readonly readers: Kysely<Database>;
  /** True refuses every write with `read_only`. */
  readonly readOnly: boolean;
  /** What follows the reading of a row that this transaction will change; null where a transaction locks all. */
  readonly rowLock: RawBuilder<unknown> | null;
  /** Half a sentence that says why the medium refused ("the disk is full"); null for an error of another kind. */
  readonly mediumReason: (error: unknown) => string | null;
}

/** What the migrations need to know of a database. */
export interface SchemaTraits {
  /** The type of a whole number of 64 bits. */
  readonly bigInteger: 'integer' | 'bigint';
  /** What follows the definition of a table that is read by its key only; null for nothing. */
  readonly keyedTable: RawBuilder<unknown> | null;
}
