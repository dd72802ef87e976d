import { ChevronRight, CircleCheck, CircleX, Info, LocateFixed, Minus, TriangleAlert } from 'lucide-react';
import { memo } from 'react';
import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import type { LogEntry, LogLevel } from '../../../api/log.ts';
import { AgentText } from '../../../components/agent-text.tsx';
import { duration, stepTitle } from '../../../components/format.ts';
import { plainLine } from '../../../components/plain-text.ts';
import { classNames } from '../../../ui/class-names.ts';
import { EntryDetails } from './entry-details.tsx';
import { excerptOf } from './excerpt.ts';
import { isOk, outcomeOf, toolOf } from './tool-call.ts';

const LEVELS = {
  debug: { symbol: Minus, style: 'text-soft/60' },
  info: { symbol: Info, style: 'text-soft' },
  warn: { symbol: TriangleAlert, style: 'text-waiting' },
  error: { symbol: CircleX, style: 'text-bad' },
} satisfies Record<LogLevel, unknown>;

export interface LogRowProps {
  readonly id: WorkOrderId;
  readonly entry: LogEntry;
  /** The entries beside it, where they are loaded. */
  readonly previous: LogEntry | undefined;
  readonly next: LogEntry | undefined;
  readonly search: string;
  readonly showsTime: boolean;
  readonly isOpen: boolean;
  /** The match that one has come to. */
  readonly isCurrent: boolean;
  readonly onToggle: (seq: number) => void;
  /** Leaves the filter and shows what stands around it; null where nothing is filtered. */
  readonly onShowAround: ((seq: number) => void) | null;
}

/** One entry of the log: a line, or a card for what a tool was asked and said. */
export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { entry, previous, search, showsTime, isOpen, isCurrent, onToggle, onShowAround } = props;
  const { symbol: Level, style } = LEVELS[entry.level];
  const isTool = entry.event === 'tool_call' || entry.event === 'tool_result';
  const excerpt = excerptOf(entry.message);
  const isLong = entry.truncated === true || excerpt.more !== null;
  return (
    <>
      {startsAttempt(entry, previous) && <AttemptLine entry={entry} />}
      <div
        className={classNames(
          'group flex items-start gap-2 px-3 py-0.5 leading-5',
          entry.level === 'error' && 'bg-bad-wash',
          entry.level === 'warn' && 'bg-waiting-wash',
          isCurrent && 'outline-accent outline-2 -outline-offset-2',
        )}
      >
        {showsTime && (
          <time
            dateTime={entry.timestamp}
            title={new Date(entry.timestamp).toLocaleString()}
            className="text-soft shrink-0 tabular-nums"
          >
            {clockTime(entry.timestamp)}
          </time>
        )}
        <span className={classNames('flex h-5 shrink-0 items-center', style)} title={`level ${entry.level}`}>
          <Level className="size-3.5" aria-hidden />
          <span className="sr-only">{entry.level}</span>
        </span>
        <span className="text-soft hidden w-24 shrink-0 truncate sm:block" title={entry.event}>
          {stepTitle(entry.event)}
        </span>
        <div className="min-w-0 flex-1">
          {isTool ? (
            <ToolLine {...props} />
          ) : (
            <Message entry={entry} text={isOpen ? entry.message : excerpt.text} search={search} />
          )}
          {isLong && !isTool && (
            <button
              type="button"
              aria-expanded={isOpen}
              className="text-accent inline-flex items-center font-sans text-xs hover:underline"
              onClick={() => onToggle(entry.seq)}
            >
              <Chevron isOpen={isOpen} />
              {isOpen ? 'less' : entry.truncated ? 'all of it' : excerpt.more}
              <span className="sr-only"> of entry {entry.seq}</span>
            </button>
          )}
          {isOpen && <EntryDetails id={props.id} entry={entry} search={search} />}
        </div>
        {hasDetails(entry) && !isLong && !isTool && (
          <button
            type="button"
            title="What else is known of it"
            aria-label={`What else is known of entry ${entry.seq}`}
            aria-expanded={isOpen}
            className="text-soft/70 hover:text-ink flex h-5 shrink-0 items-center"
            onClick={() => onToggle(entry.seq)}
          >
            <Chevron isOpen={isOpen} />
          </button>
        )}
        {onShowAround && (
          <button
            type="button"
            title="Show what stands around it"
            aria-label={`Show what stands around entry ${entry.seq}`}
            className="text-soft hover:text-ink flex h-5 shrink-0 items-center"
            onClick={() => onShowAround(entry.seq)}
          >
            <LocateFixed className="size-3.5" aria-hidden />
          </button>
        )}
      </div>
    </>
  );
});

function Message({ entry, text, search }: { entry: LogEntry; text: string; search: string }) {
  // What is whole nowhere here is shown by the details, in a box that can bear it.
  const shown = entry.truncated ? excerptOf(text).text : text;
  return (
    <div
      className={classNames(
        '[overflow-wrap:anywhere] whitespace-pre-wrap',
        entry.event === 'thinking' && 'text-soft italic',
        (entry.level === 'debug' || entry.event === 'progress') && 'text-soft',
      )}
    >
      <AgentText text={shown} search={search} />
    </div>
  );
}

/** A call or a result on one line; the rest is opened. */
function ToolLine({ entry, next, search, isOpen, onToggle }: LogRowProps) {
  const tool = toolOf(entry);
  const outcome = outcomeOf(entry, next);
  const ok = isOk(entry);
  const lines = entry.message.split('\n').length;
  return (
    <button
      type="button"
      aria-expanded={isOpen}
      className="border-line bg-surface hover:bg-raised flex w-full items-center gap-1.5 rounded border px-1.5 text-left"
      onClick={() => onToggle(entry.seq)}
    >
      <Chevron isOpen={isOpen} />
      {entry.event === 'tool_call' && tool !== null && (
        <span className="shrink-0 font-semibold">{plainLine(tool)}</span>
      )}
      {entry.event === 'tool_result' && <span className="text-soft shrink-0">↳ result</span>}
      <span className={classNames('min-w-0 truncate', entry.event === 'tool_result' && 'text-soft')}>
        <AgentText text={plainLine(entry.message.slice(0, 300))} search={search} />
      </span>
      <span className="text-soft ml-auto flex shrink-0 items-center gap-1 pl-2 font-sans text-xs whitespace-nowrap">
        {entry.event === 'tool_result' && lines > 1 && (
          <span>
            {lines}
            {entry.truncated ? '+' : ''} lines
          </span>
        )}
        {ok !== null && <Outcome ok={ok} />}
        {outcome && (
          <>
            <Outcome ok={outcome.ok} />
            <span>{duration(outcome.seconds)}</span>
          </>
        )}
      </span>
    </button>
  );
}

function Outcome({ ok }: { readonly ok: boolean }) {
  const Symbol = ok ? CircleCheck : CircleX;
  return (
    <span className={classNames('inline-flex items-center gap-1', ok ? 'text-good' : 'text-bad font-medium')}>
      <Symbol className="size-3.5" aria-hidden />
      {ok ? 'ok' : 'failed'}
    </span>
  );
}

function Chevron({ isOpen }: { readonly isOpen: boolean }) {
  return <ChevronRight className={classNames('size-3.5 shrink-0', isOpen && 'rotate-90')} aria-hidden />;
}

/** Stands where another step or attempt begins. */
function AttemptLine({ entry }: { readonly entry: LogEntry }) {
  return (
    <div className="border-line bg-raised text-soft mt-1 flex items-center gap-2 border-y px-3 py-1 font-sans text-xs">
      <span className="text-ink font-semibold">{entry.step ? stepTitle(entry.step) : 'between the steps'}</span>
      {entry.attempt !== null && <span>attempt {entry.attempt}</span>}
      <time dateTime={entry.timestamp} className="ml-auto">
        {new Date(entry.timestamp).toLocaleTimeString()}
      </time>
    </div>
  );
}

function startsAttempt(entry: LogEntry, previous: LogEntry | undefined): boolean {
  if (!previous) return entry.seq === 1;
  return previous.step !== entry.step || previous.attempt !== entry.attempt;
}

function hasDetails({ data }: LogEntry): boolean {
  return typeof data === 'object' && data !== null && Object.values(data).some((value) => value !== null);
}

/** Of the day, to the millisecond. */
function clockTime(timestamp: string): string {
  const at = new Date(timestamp);
  const part = (value: number, digits = 2): string => String(value).padStart(digits, '0');
  return `${part(at.getHours())}:${part(at.getMinutes())}:${part(at.getSeconds())}.${part(at.getMilliseconds(), 3)}`;
}
