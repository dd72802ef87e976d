import { Autocomplete } from '@base-ui/react/autocomplete';
import { useState } from 'react';
import { CONTROL } from './field.tsx';

export interface Suggestion {
  readonly value: string;
  /** More words about it, in small print. */
  readonly hint?: string | undefined;
}

interface SuggestInputProps {
  readonly value: string;
  readonly onValueChange: (value: string) => void;
  readonly suggestions: readonly Suggestion[];
  readonly placeholder?: string;
}

/** Within a `Field`. A text with suggestions that one need not take. */
export function SuggestInput({ value, onValueChange, suggestions, placeholder }: SuggestInputProps) {
  const [isOpen, setOpen] = useState(false);
  const wanted = value.trim().toLowerCase();
  const fitting = suggestions.filter(({ value: each, hint }) => `${each} ${hint ?? ''}`.toLowerCase().includes(wanted));
  return (
    <Autocomplete.Root
      items={fitting}
      filter={null}
      value={value}
      onValueChange={onValueChange}
      itemToStringValue={(suggestion: Suggestion) => suggestion.value}
      openOnInputClick
      // An open list hides the rest of the page from screen readers: an empty one must not.
      open={isOpen && fitting.some((suggestion) => suggestion.value !== value)}
      onOpenChange={setOpen}
    >
      <Autocomplete.Input
        placeholder={placeholder}
        className={CONTROL}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
      />
      <Autocomplete.Portal>
        <Autocomplete.Positioner sideOffset={4} className="z-20">
          <Autocomplete.Popup className="bg-surface border-line max-h-72 w-[var(--anchor-width)] max-w-[var(--available-width)] overflow-y-auto rounded-md border py-1 shadow-xl">
            <Autocomplete.List>
              {(suggestion: Suggestion) => (
                <Autocomplete.Item
                  key={suggestion.value}
                  value={suggestion}
                  className="data-[highlighted]:bg-raised mx-1 flex min-h-8 cursor-pointer items-center gap-3 rounded-sm px-2"
                >
                  <span className="min-w-0 flex-1 truncate">{suggestion.value}</span>
                  {suggestion.hint && <span className="text-soft shrink-0 text-xs">{suggestion.hint}</span>}
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Popup>
        </Autocomplete.Positioner>
      </Autocomplete.Portal>
    </Autocomplete.Root>
  );
}
