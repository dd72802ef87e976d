import { useEffect, useSyncExternalStore } from 'react';
import type { Connection } from '../api/event-stream.ts';

/** What stands around the page in view and belongs to it. */
interface PageFrame {
  /** The name of the tab, without that of the product; null for the product's alone. */
  readonly title: string | null;
  /** The line by which the page is live; null for a page that follows nothing. */
  readonly connection: Connection | null;
}

const NOTHING: PageFrame = { title: null, connection: null };
const listeners = new Set<() => void>();
let frame = NOTHING;

function show(next: PageFrame): void {
  frame = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** For the page in view: the name of the tab, and the line whose state the header shows. */
export function usePageFrame({
  title,
  connection = null,
}: {
  readonly title: string;
  readonly connection?: Connection | null;
}): void {
  useEffect(() => show({ title, connection }), [title, connection]);
  useEffect(() => () => show(NOTHING), []);
}

/** For the shell, which draws it. */
export function useShownFrame(): PageFrame {
  return useSyncExternalStore(subscribe, () => frame);
}
