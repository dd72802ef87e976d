/** Why a run is ended from outside; the reason of its abort signal. */
export type RunEnd = 'cancel' | 'stop' | 'outdone';

/** Thrown by what was waiting when its run was ended. */
export class RunEnded extends Error {
  override readonly name = 'RunEnded';
  readonly end: RunEnd;

  constructor(end: RunEnd) {
    super(`the run was ended: ${end}`);
    this.end = end;
  }
}

export function isCancel(signal: AbortSignal): boolean {
  return signal.reason instanceof RunEnded && signal.reason.end === 'cancel';
}
