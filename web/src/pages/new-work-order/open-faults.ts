import type { Draft } from './draft.ts';

/** Those of fields that still hold what was sent: nobody knows yet whether a new text is wrong too. */
export function openFaults(
  faults: ReadonlyMap<string, string>,
  { sent, draft }: { readonly sent: Draft | undefined; readonly draft: Draft },
): ReadonlyMap<string, string> {
  return new Map([...faults].filter(([path]) => valueAt(sent, path) === valueAt(draft, path)));
}

/** Of `budget.tokens` the text in that field. */
function valueAt(draft: unknown, path: string): unknown {
  const step = (value: unknown, name: string): unknown =>
    typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return path.split('.').reduce(step, draft);
}
