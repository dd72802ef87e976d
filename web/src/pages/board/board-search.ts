import { WORK_ORDER_STATUSES } from '../../../../src/domain/work-order.ts';
import type { WorkOrderFilter } from '../../api/work-order-filter.ts';

/** The filter as it stands in the address of the board: `/?status=running,waiting&text=dark`. */
export interface BoardSearch {
  readonly status?: string;
  readonly repository?: string;
  readonly text?: string;
}

/** What a person, or an old link, has put into the address: what cannot be meant is left out. */
export function boardSearch(search: Readonly<Record<string, unknown>>): BoardSearch {
  return searchOf(filterOf(search));
}

export function filterOf({ status, repository, text }: Readonly<Record<string, unknown>>): WorkOrderFilter {
  const wanted = wordsIn(status).split(',');
  return {
    statuses: WORK_ORDER_STATUSES.filter((each) => wanted.includes(each)),
    repositoryUrl: wordsIn(repository),
    text: wordsIn(text).trim(),
  };
}

export function searchOf({ statuses, repositoryUrl, text }: WorkOrderFilter): BoardSearch {
  return {
    ...(statuses.length > 0 && { status: statuses.join(',') }),
    ...(repositoryUrl !== '' && { repository: repositoryUrl }),
    ...(text !== '' && { text }),
  };
}

/** The router reads a value that looks like a number as one. */
function wordsIn(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
