import { useEffect, useState, useSyncExternalStore } from 'react';

/** Something that the palette can do. */
export interface PaletteCommand {
  /** What it is found by, and what stands there: `Cancel this work order`. */
  readonly title: string;
  /** More words, in small print: a state, a key. It is found by them too. */
  readonly hint?: string | undefined;
  readonly run: () => void;
}

/** What each component offers, in the order in which they came. */
const offers = new Map<symbol, readonly PaletteCommand[]>();
const listeners = new Set<() => void>();
let offered: readonly PaletteCommand[] = [];

function show(): void {
  offered = [...offers.values()].flat();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Puts commands into the palette while the component is there; those of the latest rendering count. */
export function usePaletteCommands(commands: readonly PaletteCommand[]): void {
  const [key] = useState(() => Symbol('palette commands'));
  useEffect(() => {
    offers.set(key, commands);
    show();
  }, [key, commands]);
  useEffect(
    () => () => {
      offers.delete(key);
      show();
    },
    [key],
  );
}

/** The commands of the page in view. */
export function useOfferedCommands(): readonly PaletteCommand[] {
  return useSyncExternalStore(subscribe, () => offered);
}
