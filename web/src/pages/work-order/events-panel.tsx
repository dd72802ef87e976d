import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import type { WorkOrderEvent } from '../../../../src/domain/event.ts';
import { visibleText } from '../../components/plain-text.ts';
import { Panel } from '../../ui/panel.tsx';

const ROW_PX = 30;

/** The history as it is kept: every event, with its data on demand. */
export function EventsPanel({ events }: { readonly events: readonly WorkOrderEvent[] }) {
  const scroller = useRef<HTMLElement>(null);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoized by a compiler
  const virtualizer = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
  });
  const toggle = (seq: number): void =>
    setOpen((known) => {
      const changed = new Set(known);
      if (!changed.delete(seq)) changed.add(seq);
      return changed;
    });
  return (
    <Panel aria-label="Events" className="overflow-hidden">
      <section
        ref={scroller}
        aria-label="All events"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
        tabIndex={0}
        className="max-h-[75dvh] overflow-auto -outline-offset-2"
      >
        <ol className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ index, key, start }) => {
            const event = events[index];
            return (
              event && (
                <li
                  key={key}
                  ref={virtualizer.measureElement}
                  data-index={index}
                  aria-setsize={events.length}
                  aria-posinset={index + 1}
                  className="border-line absolute inset-x-0 border-b"
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <EventRow event={event} isOpen={open.has(event.seq)} onToggle={() => toggle(event.seq)} />
                </li>
              )
            );
          })}
        </ol>
      </section>
    </Panel>
  );
}

interface EventRowProps {
  readonly event: WorkOrderEvent;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function EventRow({ event, isOpen, onToggle }: EventRowProps) {
  const { seq, type, occurred_at, data } = event;
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={onToggle}
        className="flex w-full items-baseline gap-3 px-3 py-1 text-left -outline-offset-2"
      >
        <span className="text-soft w-8 shrink-0 text-right text-xs tabular-nums">{seq}</span>
        <time dateTime={occurred_at} className="text-soft shrink-0 text-xs tabular-nums">
          {new Date(occurred_at).toLocaleTimeString()}
        </time>
        <span className="shrink-0 font-mono text-xs">{type}</span>
        <span className="text-soft min-w-0 truncate">
          <bdi>{visibleText(gist(data))}</bdi>
        </span>
      </button>
      {isOpen && (
        <pre className="bg-raised overflow-x-auto p-3 font-mono text-xs break-words whitespace-pre-wrap">
          {visibleText(JSON.stringify(data, null, 2))}
        </pre>
      )}
    </>
  );
}

/** What says most about an event in one line, whatever its type: new ones may come. */
const TELLING = [
  'step',
  'status',
  'effect',
  'outcome',
  'error_message',
  'detail',
  'message',
  'reason',
  'gate',
  'from_step',
  'path',
  'prompt_id',
  'user_request',
];

function gist(data: object): string {
  const fields = new Map<string, unknown>(Object.entries(data));
  return TELLING.map((name) => fields.get(name))
    .filter((value) => typeof value === 'string')
    .map((value) => value.split('\n', 1)[0])
    .join(' · ');
}
