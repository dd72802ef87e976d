import type { Draft } from './draft.ts';

/** Those of fields that still hold what was sent: nobody knows yet whether a new text is wrong too. */
export function openFaults(
  faults: ReadonlyMap<string, string>,
  { sent, draft }: { readonly sent: Draft | undefined; readonly draft: Draft },
): ReadonlyMap<string, string> {
  return new Map([...faults].filter(([field]) => Reflect.get(sent ?? {}, field) === Reflect.get(draft, field)));
}
