import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, WorkOrderError } from '../domain/errors.ts';

const MAX_WRITES = 3;
/** How often it is asked whether a forge shows a pull request at the pushed commit: it may be some seconds behind. */
const MAX_LOOKS = 15;

/**
 * Writes, and looks whether it was carried out before it tries again: an answer of a forge that was lost may be that of
 * a write that was done. Rejects as `write` and `look` do.
 */
export async function writeOnce<Result>({
  write,
  look,
  pause,
}: {
  readonly write: () => Promise<Result>;
  readonly look: () => Promise<Result | null>;
  readonly pause: () => Promise<void>;
}): Promise<Result> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (!hasCode(error, 'forge_unavailable')) throw error;
      const carriedOut = await look();
      if (carriedOut !== null) return carriedOut;
      if (tries === MAX_WRITES) throw error;
      await pause();
    }
  }
}

/** Looks until a pull request is shown at a commit. Rejects with `forge_unavailable` when it stays behind. */
export async function untilShown({
  number,
  commit,
  look,
  pause,
}: {
  readonly number: number;
  readonly commit: string;
  /** The commit at which it is shown now; null while there is none. */
  readonly look: () => Promise<string | null>;
  readonly pause: () => Promise<void>;
}): Promise<void> {
  for (let looks = 1; ; looks += 1) {
    const shown = await look();
    if (shown === commit) return;
    if (looks === MAX_LOOKS) {
      const at = shown === null ? 'no commit' : shown.slice(0, 10);
      throw new WorkOrderError(
        'forge_unavailable',
        `Pull request ${number} is shown at ${at}, not at the pushed commit ${commit.slice(0, 10)}.`,
      );
    }
    await pause();
  }
}

/** Waits. Rejects with `cancelled`. */
export async function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, null, { signal }).catch(() => {
    throw new WorkOrderError('cancelled', 'The work with the forge was cancelled.');
  });
}
