import { Clock } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import type { StepName } from '../../../../../src/domain/workflow.ts';
import type { LogFilter } from '../../../api/log.ts';
import { ConnectionBadge } from '../../../components/connection-badge.tsx';
import { count } from '../../../components/format.ts';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import { Button } from '../../../ui/button.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { LogDownload } from './log-download.tsx';
import { LogEntries } from './log-entries.ts';
import { LogFilters } from './log-filters.tsx';
import { LogList } from './log-list.tsx';
import { LogSearch } from './log-search.tsx';

interface LogPanelProps {
  readonly id: WorkOrderId;
  /** The chosen step; null for all of them. */
  readonly step: StepName | null;
  /** True while more may be written. */
  readonly isLive: boolean;
}

/** What agents and the service said, as it is said. */
export function LogPanel({ id, step, isLive }: LogPanelProps) {
  const [filter, setFilter] = useState<LogFilter>(() => everything(step));
  /** The place in the list to go to; null for its end. */
  const [place, setPlace] = useState<number | null>(null);
  const [chosenStep, setChosenStep] = useState(step);
  const [showsTime, setShowsTime] = useState(false);
  const entries = useMemo(() => new LogEntries(id, filter), [id, filter]);
  const { total, connection, error } = useSyncExternalStore(entries.subscribe, entries.getView);
  useEffect(() => {
    // It has been taken up again: what is written from now on is a stream of its own.
    if (isLive && entries.getView().connection.state === 'ended') entries.begin();
  }, [entries, isLive]);

  const change = useCallback((part: Partial<LogFilter>) => {
    setFilter((known) => ({ ...known, ...part }));
    setPlace(null);
  }, []);
  const search = useCallback((text: string) => change({ text }), [change]);
  const showAround = useCallback((seq: number) => {
    setFilter(everything(null));
    // In the whole log a place is the number of its entry.
    setPlace(seq - 1);
  }, []);
  if (chosenStep !== step) {
    setChosenStep(step);
    change({ step });
  }
  const isFiltered = filter.level !== null || filter.events.length > 0 || filter.text !== '';
  const nothing = isLive ? 'Nothing has been said yet.' : 'Nothing was said.';
  const emptiness = isFiltered ? 'No entry fits this filter.' : nothing;

  return (
    <Panel aria-label="Log" className="overflow-hidden">
      <div className="border-line flex flex-wrap items-center gap-2 border-b p-2">
        <LogSearch
          text={filter.text}
          matches={total}
          current={filter.text === '' ? null : place}
          onSearch={search}
          onGo={setPlace}
        />
        <LogFilters filter={filter} step={step} onFilter={change} />
        <Button
          variant="quiet"
          className="!px-1.5"
          aria-pressed={showsTime}
          aria-label="Show times"
          title="Show times"
          onClick={() => setShowsTime(!showsTime)}
        >
          <Clock aria-hidden />
        </Button>
      </div>
      {error && (
        <div className="p-2">
          <ProblemNotice error={error} />
          <Button className="mt-2" onClick={entries.begin}>
            Try again
          </Button>
        </div>
      )}
      {!total && (
        <p className="text-soft h-[70dvh] p-8 text-center">{total === null ? !error && 'Loading …' : emptiness}</p>
      )}
      {total !== null && total > 0 && (
        <LogList
          key={JSON.stringify(filter)}
          id={id}
          entries={entries}
          total={total}
          search={filter.text}
          showsTime={showsTime}
          place={place}
          onShowAround={isFiltered ? showAround : null}
        />
      )}
      <div className="border-line text-soft flex flex-wrap items-center gap-x-4 gap-y-1 border-t px-3 py-1.5 text-xs">
        <ConnectionBadge connection={connection} />
        {total !== null && <span>{count(total, 'entry', 'entries')}</span>}
        <span className="ml-auto">
          <LogDownload id={id} filter={filter} />
        </span>
      </div>
    </Panel>
  );
}

function everything(step: StepName | null): LogFilter {
  return { step, level: null, events: [], text: '' };
}
