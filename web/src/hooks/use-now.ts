import { useSyncExternalStore } from 'react';

/** One clock for the whole page: it ticks each second while somebody looks at it. */
const listeners = new Set<() => void>();
let timer: number | undefined;
let now = Date.now();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= window.setInterval(tick, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

/** Milliseconds since 1970, new each second. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
