import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import { count } from '../../../components/format.ts';
import { Button } from '../../../ui/button.tsx';
import type { LogEntries } from './log-entries.ts';
import { LogRow } from './log-row.tsx';

const ROW_PX = 24;
const OVERSCAN = 10;
/** So near to the end one counts as being there. */
const END_PX = 40;

interface LogListProps {
  readonly id: WorkOrderId;
  readonly entries: LogEntries;
  readonly total: number;
  readonly search: string;
  readonly showsTime: boolean;
  /** The place in the list to be at: a match, or what one wants to see the surroundings of; null for the end. */
  readonly place: number | null;
  readonly onShowAround: ((seq: number) => void) | null;
}

/** A list of any length, of which those rows exist that one sees. It follows its end until one scrolls away from it. */
export function LogList({ id, entries, total, search, showsTime, place, onShowAround }: LogListProps) {
  const scroller = useRef<HTMLElement>(null);
  /** Where the box was scrolled to last, and where a finger has touched it. */
  const top = useRef(0);
  const finger = useRef(0);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  /** How many entries there were when one left the end; null while following. */
  const [left, setLeft] = useState<number | null>(place === null ? null : total);
  // oxlint-disable-next-line react/incompatible-library -- nothing here is memoized by a compiler
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    anchorTo: 'end',
    followOnAppend: left === null,
    scrollEndThreshold: left === null ? END_PX : 0,
  });

  useLayoutEffect(() => {
    if (place === null) virtualizer.scrollToEnd();
    else virtualizer.scrollToIndex(place, { align: 'center' });
  }, [virtualizer, place]);

  const rows = virtualizer.getVirtualItems();
  const first = rows.at(0)?.index ?? 0;
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => entries.want(first, last), [entries, first, last, total]);

  const toggle = useCallback((seq: number) => {
    setOpen((known) => {
      const changed = new Set(known);
      if (!changed.delete(seq)) changed.add(seq);
      return changed;
    });
  }, []);
  const toEnd = (): void => {
    setLeft(null);
    virtualizer.scrollToEnd();
  };
  /** At the first sign of it: what is appended must not pull back whoever has only begun to scroll. */
  const leave = (): void => setLeft((known) => known ?? total);
  const onScroll = (): void => {
    const { scrollTop } = scroller.current ?? { scrollTop: 0 };
    const goesDown = scrollTop >= top.current;
    top.current = scrollTop;
    const isAtEnd = virtualizer.isAtEnd(END_PX);
    // Down goes whoever follows, and what has come meanwhile is below.
    if (goesDown && isAtEnd) setLeft(null);
    else if (!goesDown && !isAtEnd) leave();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== scroller.current) return;
    if (['ArrowUp', 'PageUp', 'Home'].includes(event.key)) leave();
    if (event.key === 'End') toEnd();
    else if (event.key === 'Home') virtualizer.scrollToOffset(0);
    else return;
    event.preventDefault();
  };
  const fresh = left === null ? 0 : total - left;

  return (
    <div className="relative">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Home and End of what scrolls */}
      <section
        ref={scroller}
        aria-label="Log entries"
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
        tabIndex={0}
        className="h-[70dvh] overflow-y-auto font-mono text-xs [overflow-anchor:none] -outline-offset-2"
        onScroll={onScroll}
        onWheel={({ deltaY }) => {
          if (deltaY < 0) leave();
        }}
        onTouchStart={({ touches }) => {
          finger.current = touches[0]?.clientY ?? 0;
        }}
        onTouchMove={({ touches }) => {
          if ((touches[0]?.clientY ?? 0) > finger.current) leave();
        }}
        onKeyDown={onKeyDown}
      >
        <ol aria-label="Log" className="relative w-full" style={{ height: virtualizer.getTotalSize() }}>
          {rows.map(({ index, key, start }) => {
            const entry = entries.at(index);
            return (
              <li
                key={key}
                ref={virtualizer.measureElement}
                data-index={index}
                aria-setsize={total}
                aria-posinset={index + 1}
                className="absolute top-0 left-0 w-full"
                style={{ transform: `translateY(${start}px)` }}
              >
                {entry ? (
                  <LogRow
                    id={id}
                    entry={entry}
                    previous={index > 0 ? entries.at(index - 1) : undefined}
                    next={entries.at(index + 1)}
                    search={search}
                    showsTime={showsTime}
                    isOpen={open.has(entry.seq)}
                    isCurrent={index === place}
                    onToggle={toggle}
                    onShowAround={onShowAround}
                  />
                ) : (
                  <div className="text-soft px-3 py-0.5 leading-5">…</div>
                )}
              </li>
            );
          })}
        </ol>
      </section>
      {left !== null && (
        <Button variant="primary" className="absolute right-4 bottom-3 rounded-full shadow-lg" onClick={toEnd}>
          <ArrowDown aria-hidden />
          {fresh > 0 ? count(fresh, 'new', 'new') : 'To the end'}
        </Button>
      )}
    </div>
  );
}
