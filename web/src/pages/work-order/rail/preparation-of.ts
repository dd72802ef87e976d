import type { WorkOrderEvent } from '../../../../../src/domain/event.ts';

interface Chapter {
  readonly seq: number;
  readonly text: string;
  readonly at: string;
  /** How long it took; null for what is a moment, or goes on. */
  readonly seconds: number | null;
}

/** What happened until there was a sandbox to work in. */
export function preparationOf(events: readonly WorkOrderEvent[]): {
  readonly chapters: readonly Chapter[];
  readonly isReady: boolean;
} {
  const ready = events.findIndex(({ type, data }) => type === 'effect_done' && data.effect === 'sandbox');
  const begun = ready === -1 ? events : events.slice(0, ready + 1);
  const chapters = begun.flatMap((event, index): readonly Chapter[] => {
    const text = textOf(event);
    if (text === null) return [];
    return [{ seq: event.seq, text, at: event.occurred_at, seconds: secondsSince(event, begun.slice(0, index)) }];
  });
  return { chapters, isReady: ready !== -1 };
}

function textOf(event: WorkOrderEvent): string | null {
  switch (event.type) {
    case 'work_order_created': {
      const { forked_from: source } = event.data;
      return source ? `forked from ${source.agent_work_order_id} after ${source.step}` : 'handed in';
    }
    case 'work_order_started':
      return 'taken up';
    case 'effect_intended':
      return event.data.effect === 'sandbox' ? 'fetching the repository and making the sandbox' : null;
    case 'effect_done': {
      if (event.data.effect !== 'sandbox') return null;
      return `the sandbox is made, from ${event.data.base_branch} at ${event.data.base_commit.slice(0, 10)}`;
    }
    case 'work_order_waiting':
      return event.data.detail;
    case 'work_order_failed':
      return event.data.error_message;
    case 'note':
      return event.data.message;
    default:
      return null;
  }
}

/** The making of the sandbox took as long as since it was begun, being taken up since it was handed in. */
function secondsSince(event: WorkOrderEvent, before: readonly WorkOrderEvent[]): number | null {
  const wanted = { effect_done: 'effect_intended', work_order_started: 'work_order_created' } as const;
  if (event.type !== 'effect_done' && event.type !== 'work_order_started') return null;
  const begin = before.findLast(({ type }) => type === wanted[event.type]);
  return begin ? (Date.parse(event.occurred_at) - Date.parse(begin.occurred_at)) / 1_000 : null;
}
