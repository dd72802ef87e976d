/** The primary result codes of SQLite that say something about the medium, in words that complete a sentence. */
const REASONS: Readonly<Record<number, string>> = {
  5: 'another process holds the database',
  6: 'another process holds the database',
  7: 'the memory is full',
  8: 'the database may not be written to',
  10: 'the disk reported an error',
  11: 'the database is damaged',
  13: 'the disk is full',
  14: 'the database file cannot be opened',
  15: 'the locks of the database do not work on this file system',
  26: 'the file is not a database',
};

const BUSY = 5;
const DAMAGED: ReadonlySet<number> = new Set([11, 26]);
/** After these the connection is closed and opened again: what it remembers of the file may be wrong. */
const DISTRUSTED: ReadonlySet<number> = new Set([8, 10, 11, 14, 15, 26]);

/** The file that is open is no longer the one at its path, so that what is written to it would be lost. */
export class DatabaseMovedError extends Error {
  override readonly name = 'DatabaseMovedError';

  constructor() {
    super('the database file was removed or replaced');
  }
}

/** Half a sentence that says why the medium refused; null for an error of another kind. */
export function sqliteReason(error: unknown): string | null {
  if (error instanceof DatabaseMovedError) return error.message;
  return REASONS[primaryCode(error)] ?? null;
}

export function isBusy(error: unknown): boolean {
  return primaryCode(error) === BUSY;
}

export function isDamaged(error: unknown): boolean {
  return DAMAGED.has(primaryCode(error));
}

export function makesConnectionDoubtful(error: unknown): boolean {
  return error instanceof DatabaseMovedError || DISTRUSTED.has(primaryCode(error));
}

/** 0 for an error that is not SQLite's. The upper bits of `errcode` only say more of the same. */
function primaryCode(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return 0;
  return error.errcode & 0xff;
}
