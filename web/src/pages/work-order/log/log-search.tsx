import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useState } from 'react';
import { count } from '../../../components/format.ts';
import { Button } from '../../../ui/button.tsx';
import { Field, TextInput } from '../../../ui/field.tsx';

const PAUSE_MS = 300;

interface LogSearchProps {
  readonly text: string;
  /** How many entries have it in them; null while that is not known. */
  readonly matches: number | null;
  /** The one that one has come to, from 0; null for none. */
  readonly current: number | null;
  readonly onSearch: (text: string) => void;
  readonly onGo: (match: number) => void;
}

/** Looks for words in the log: what has them stays, and one goes from one to the next. */
export function LogSearch({ text, matches, current, onSearch, onGo }: LogSearchProps) {
  const [typed, setTyped] = useState(text);
  const [known, setKnown] = useState(text);
  if (known !== text) {
    setKnown(text);
    // Somebody else has cleared it; what was typed meanwhile is kept.
    if (text === '') setTyped('');
  }
  useEffect(() => {
    if (typed === text) return undefined;
    const timer = setTimeout(() => onSearch(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, text, onSearch]);
  const step = (by: 1 | -1): void => {
    if (!matches) return;
    // The newest first: it is the one that is in view.
    onGo(current === null ? matches - 1 : (current + by + matches) % matches);
  };
  return (
    <div className="flex min-w-0 flex-1 basis-full items-center gap-1 sm:basis-56">
      <div className="min-w-0 flex-1">
        <Field name="search" label={<span className="sr-only">Search the log</span>}>
          <TextInput
            type="search"
            placeholder="Search the log"
            maxLength={500}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') setTyped('');
              if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
            }}
          />
        </Field>
      </div>
      {text !== '' && (
        <>
          <output className="text-soft px-1 text-xs whitespace-nowrap">
            {matches === null
              ? 'searching'
              : current === null
                ? count(matches, 'match', 'matches')
                : `${current + 1} of ${count(matches, 'match', 'matches')}`}
          </output>
          <Button
            variant="quiet"
            className="!px-1.5"
            aria-label="Previous match"
            disabled={!matches}
            onClick={() => step(-1)}
          >
            <ArrowUp aria-hidden />
          </Button>
          <Button
            variant="quiet"
            className="!px-1.5"
            aria-label="Next match"
            disabled={!matches}
            onClick={() => step(1)}
          >
            <ArrowDown aria-hidden />
          </Button>
        </>
      )}
    </div>
  );
}
