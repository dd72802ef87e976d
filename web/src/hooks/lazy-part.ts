import type { ComponentType, LazyExoticComponent } from 'react';
import { lazy } from 'react';

const PAUSE_MS = 1_000;

/**
 * A component whose code is loaded when it is shown for the first time. While the service is away its code is waited
 * for: a page that goes on by itself must not be broken by the moment at which somebody opened a tab. Rejects when the
 * service answers and the code is still not there, which is so after an update of the service.
 */
export function lazyPart<Props>(load: () => Promise<ComponentType<Props>>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => ({ default: await persistently(load) }));
}

async function persistently<Part>(load: () => Promise<Part>): Promise<Part> {
  for (let refusals = 0; ;) {
    try {
      return await load();
    } catch (error) {
      // The first time the service may just have come back.
      if ((await serviceAnswers()) && (refusals += 1) > 1) throw error;
      await new Promise((resolve) => void setTimeout(resolve, PAUSE_MS));
    }
  }
}

async function serviceAnswers(): Promise<boolean> {
  try {
    return (await fetch('/health', { method: 'HEAD' })).status < 500;
  } catch {
    return false;
  }
}
