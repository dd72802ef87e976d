import { useState, useSyncExternalStore } from 'react';
import type { ViewType } from 'react-diff-view';

const KEY = 'awo-diff-view';
const WIDE = '(min-width: 768px)';

/** How diffs are shown in this browser, kept for the next time. On a phone there is room for one side alone. */
export function useDiffView() {
  const canSplit = useSyncExternalStore(subscribe, () => matchMedia(WIDE).matches);
  const [chosen, setChosen] = useState<ViewType>(() => (stored() === 'split' ? 'split' : 'unified'));
  const setView = (view: ViewType): void => {
    setChosen(view);
    try {
      localStorage.setItem(KEY, view);
    } catch {
      // A browser that keeps nothing: it holds for this page then.
    }
  };
  const type: ViewType = canSplit ? chosen : 'unified';
  return { view: { type, canSplit }, setView };
}

function stored(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function subscribe(listener: () => void): () => void {
  const query = matchMedia(WIDE);
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
