import type { StepName } from './workflow.ts';

/** How long a step takes where nothing is wrong, from attempts that have succeeded. */
export interface UsualDuration {
  readonly step: StepName;
  /** Half of them took no longer. */
  readonly median_seconds: number;
  /** Of how many attempts. */
  readonly attempts: number;
  /** Whether they were made in this repository, or anywhere with the same agent: it has too few of its own. */
  readonly of: 'repository' | 'everywhere';
}

/** How long one attempt took. */
export interface StepDuration {
  readonly step: StepName;
  readonly duration_seconds: number;
}

/** With fewer, one odd attempt would be the rule. */
const ENOUGH = 3;
const MOST = 50;

/** The steps in the order in which they come first; both lists begin with the newest. A step with too few is left out. */
export function usualDurations(
  repository: readonly StepDuration[],
  everywhere: readonly StepDuration[],
): readonly UsualDuration[] {
  const steps = [...new Set([...repository, ...everywhere].map(({ step }) => step))];
  return steps.flatMap((step): readonly UsualDuration[] => {
    const own = secondsOf(step, repository);
    if (own.length >= ENOUGH) return [{ step, median_seconds: median(own), attempts: own.length, of: 'repository' }];
    const all = secondsOf(step, everywhere);
    if (all.length < ENOUGH) return [];
    return [{ step, median_seconds: median(all), attempts: all.length, of: 'everywhere' }];
  });
}

function secondsOf(step: StepName, durations: readonly StepDuration[]): readonly number[] {
  return durations
    .filter((duration) => duration.step === step)
    .slice(0, MOST)
    .map(({ duration_seconds }) => duration_seconds);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [below = 0, above = 0] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}
