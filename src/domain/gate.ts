import type { StepName } from './workflow.ts';
import { STEP_NAMES } from './workflow.ts';

/** A place in the workflow at which a person has to approve before it goes on. */
export type Gate = `${'before' | 'after'}:${StepName}`;

/** Every gate there can be, in the order of the workflow. */
export const GATES: readonly Gate[] = STEP_NAMES.flatMap((step): readonly Gate[] => [
  `before:${step}`,
  `after:${step}`,
]);

/** The gate that `approve_plan` stands for. */
export const PLAN_GATE: Gate = 'after:find_plan';

/** How many steps are done when the gate is reached. */
export function placeOf(gate: Gate): number {
  const [when, step] = gate.split(':', 2);
  return STEP_NAMES.findIndex((name) => name === step) + (when === 'after' ? 1 : 0);
}

/** The first of the wanted gates that stands between what is done and `next`, and is not approved; null when the way is free. */
export function closedGate(input: {
  readonly approvals: readonly Gate[];
  readonly approved: readonly Gate[];
  /** The step to run next; null when all are done. */
  readonly next: StepName | null;
}): Gate | null {
  const { approvals, approved, next } = input;
  const place = next === null ? STEP_NAMES.length : STEP_NAMES.indexOf(next);
  return approvals.find((gate) => placeOf(gate) === place && !approved.includes(gate)) ?? null;
}

/** What a person is asked at a gate. */
export function questionAt(gate: Gate): string {
  if (placeOf(gate) === placeOf(PLAN_GATE)) return 'Approve the plan, edit it, or reject it with a reason.';
  const [when, step] = gate.split(':', 2);
  return `Approve what there is ${when} ${step}, or reject it with a reason.`;
}

/** The step that is made anew when somebody says no at a gate: the plan before there is work, the work after it. */
export function stepBehind(gate: Gate): StepName {
  const place = placeOf(gate);
  if (place > STEP_NAMES.indexOf('implement')) return 'implement';
  return place > STEP_NAMES.indexOf('plan') ? 'plan' : 'classify';
}
