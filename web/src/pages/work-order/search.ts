import type { StepName } from '../../../../src/domain/workflow.ts';
import { STEP_NAMES } from '../../../../src/domain/workflow.ts';

export const TABS = ['log', 'diff', 'plan', 'messages', 'prompt', 'events'] as const;
export type Tab = (typeof TABS)[number];

/** What of the page is in its address; absent is what the page thinks best at that moment. */
export interface WorkOrderSearch {
  readonly tab?: Tab;
  /** `all` for every step together. */
  readonly step?: StepName | 'all';
}

/** Whatever somebody has typed: what is not known counts as absent. */
export function workOrderSearch({ tab, step }: Readonly<Record<string, unknown>>): WorkOrderSearch {
  const knownTab = TABS.find((name) => name === tab);
  const knownStep = step === 'all' ? step : STEP_NAMES.find((name) => name === step);
  return { ...(knownTab && { tab: knownTab }), ...(knownStep && { step: knownStep }) };
}
