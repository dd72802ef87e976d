import { useEffect, useSyncExternalStore } from 'react';
import type { Connection } from '../api/event-stream.ts';

/** What stands around the page in view and belongs to it. */
interface PageFrame {
  /** The name of the tab, without that of the product; null for the product's alone. */
  readonly title: string | null;
  /** The line by which the page is live; null for a page that follows nothing. */
  readonly connection: Connection | null;
  /** How many work orders wait for a person, where the page knows it; undefined where the shell has to ask. */
  readonly needsYou: number | undefined;
}

const NOTHING: PageFrame = { title: null, connection: null, needsYou: undefined };
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

interface ShownByPage {
  readonly title: string;
  readonly connection?: Connection;
  readonly needsYou?: number | undefined;
}

/** For the page in view. */
export function usePageFrame({ title, connection, needsYou }: ShownByPage): void {
  useEffect(() => show({ title, connection: connection ?? null, needsYou }), [title, connection, needsYou]);
  useEffect(() => () => show(NOTHING), []);
}

/** For the shell, which draws it. */
export function useShownFrame(): PageFrame {
  return useSyncExternalStore(subscribe, () => frame);
}
