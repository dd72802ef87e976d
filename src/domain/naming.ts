import type { WorkOrderId } from './ids.ts';
import { idSuffix } from './ids.ts';

/** What a request asks for, as the classifier says it. */
export const REQUEST_CLASSES = ['bug', 'feature', 'chore'] as const;
export type RequestClass = (typeof REQUEST_CLASSES)[number];

const BRANCH_PREFIX: Readonly<Record<RequestClass, string>> = { bug: 'bug', feature: 'feat', chore: 'chore' };
const SLUG_LENGTH = 40;

interface NamedThing {
  readonly workOrderId: WorkOrderId;
  readonly issueNumber: string | null;
  readonly slug: string;
}

/** `{bug,feat,chore}-issue-{n}-wo-{id}-{slug}`, without `issue-{n}-` where there is no issue. */
export function branchName({ requestClass, ...thing }: NamedThing & { readonly requestClass: RequestClass }): string {
  return `${BRANCH_PREFIX[requestClass]}-${issuePart(thing)}wo-${idSuffix(thing.workOrderId)}-${thing.slug}`;
}

/** `specs/issue-{n}-wo-{id}-planner-{slug}.md`, without `issue-{n}-` where there is no issue. */
export function planPath(thing: NamedThing): string {
  return `specs/${issuePart(thing)}wo-${idSuffix(thing.workOrderId)}-planner-${thing.slug}.md`;
}

/** True for a path that follows the pattern of `planPath`, whatever its slug. */
export function isPlanPath(path: string, { workOrderId, issueNumber }: Omit<NamedThing, 'slug'>): boolean {
  const start = `specs/${issuePart({ issueNumber })}wo-${idSuffix(workOrderId)}-planner-`;
  return path.startsWith(start) && path.endsWith('.md') && !path.slice(start.length).includes('/');
}

/** Lower-case ASCII words joined by `-`, at most 40 characters, never empty. */
export function slugOf(text: string): string {
  const words = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  let slug = '';
  for (const word of words ?? []) {
    const longer = slug ? `${slug}-${word}` : word.slice(0, SLUG_LENGTH);
    if (longer.length > SLUG_LENGTH) break;
    slug = longer;
  }
  return slug || 'request';
}

/** The issue that a request names: `issue 42`, `issue #42` or `#42`. Null where it names none. */
export function issueNumberIn(request: string): string | null {
  const match = /\bissue\s+#?(\d{1,9})\b/i.exec(request) ?? /(?:^|[\s(])#(\d{1,9})\b/.exec(request);
  return match?.[1] ?? null;
}

function issuePart({ issueNumber }: Pick<NamedThing, 'issueNumber'>): string {
  return issueNumber ? `issue-${issueNumber}-` : '';
}
