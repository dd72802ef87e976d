import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { WORK_ORDER_STATUSES } from '../../../../src/domain/work-order.ts';
import type { WorkOrderFilter } from '../../api/work-order-filter.ts';
import { EVERY_WORK_ORDER } from '../../api/work-order-filter.ts';
import { repositoryName } from '../../components/format.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';

interface BoardFiltersProps {
  readonly filter: WorkOrderFilter;
  readonly onChange: (change: Partial<WorkOrderFilter>) => void;
  /** The URLs that one can choose from. */
  readonly repositories: readonly string[];
}

/** Which work orders are shown; all of it stands in the address. */
export function BoardFilters({ filter, onChange, repositories }: BoardFiltersProps) {
  const { statuses, repositoryUrl, text } = filter;
  const isFiltered = statuses.length > 0 || repositoryUrl !== '' || text !== '';
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <TextFilter text={text} onChange={(next) => onChange({ text: next })} />
      <select
        aria-label="Repository"
        value={repositoryUrl}
        onChange={(event) => onChange({ repositoryUrl: event.currentTarget.value })}
        className="bg-surface border-line-strong min-h-8 max-w-56 rounded-md border px-2 py-1 max-sm:flex-1"
      >
        <option value="">All repositories</option>
        {repositories.map((url) => (
          <option key={url} value={url} title={url}>
            {repositoryName(url)}
          </option>
        ))}
      </select>
      <fieldset className="flex flex-wrap gap-1">
        <legend className="sr-only">Status</legend>
        {WORK_ORDER_STATUSES.map((status) => {
          const isWanted = statuses.includes(status);
          return (
            <button
              key={status}
              type="button"
              aria-pressed={isWanted}
              onClick={() =>
                onChange({
                  statuses: WORK_ORDER_STATUSES.filter((each) => statuses.includes(each) !== (each === status)),
                })
              }
              className={classNames(
                'min-h-8 rounded-md border px-2.5 py-1',
                isWanted
                  ? 'bg-accent-wash border-accent text-accent font-medium'
                  : 'border-line text-soft hover:bg-raised hover:text-ink',
              )}
            >
              {status}
            </button>
          );
        })}
      </fieldset>
      {isFiltered && (
        <Button variant="quiet" onClick={() => onChange(EVERY_WORK_ORDER)}>
          <X aria-hidden />
          All
        </Button>
      )}
    </div>
  );
}

const PAUSE_MS = 200;

/** Not each letter is a question to the service. */
function TextFilter({ text, onChange }: { readonly text: string; readonly onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  const [shown, setShown] = useState(text);
  const input = useRef<HTMLInputElement>(null);
  if (shown !== text) {
    // The address has changed by another way than this field.
    setShown(text);
    if (typed.trim() !== text) setTyped(text);
  }
  useEffect(() => {
    if (typed.trim() === text) return;
    const timer = window.setTimeout(() => onChange(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, text, onChange]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== '/' || isTyping(event)) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <input
      ref={input}
      type="search"
      aria-label="Text in the request, the repository or the id"
      aria-keyshortcuts="/"
      placeholder="Request, repository or id"
      maxLength={200}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      className="bg-surface border-line-strong placeholder:text-soft min-h-8 w-full rounded-md border px-2.5 py-1 sm:w-64"
    />
  );
}

/** A key that belongs to what one writes, or to the browser. */
export function isTyping({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return true;
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
