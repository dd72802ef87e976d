const AGAIN_AFTER_MS = 60_000;
/** A program that tries one name after the other says no more by its thousandth. */
const MAX_TARGETS = 200;

/** Passes on what was refused: the same target once a minute, and of one run no more than 200 different ones. */
export function createRefusals(
  onRefused: (target: string) => void,
  now: () => number = () => performance.now(),
): { tell(target: string): void } {
  const told = new Map<string, number>();
  return {
    tell(target) {
      const last = told.get(target);
      if (last === undefined ? told.size >= MAX_TARGETS : now() - last < AGAIN_AFTER_MS) return;
      told.set(target, now());
      onRefused(target);
    },
  };
}
