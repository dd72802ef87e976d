import { setTimeout as pause } from 'node:timers/promises';
import { WorkOrderError } from '../../src/domain/errors.ts';
import type { Store } from '../../src/ports/store.ts';

/** Decides for each call whether the medium refuses it. */
export type Refuse = (method: keyof Store) => boolean;

/** A real store behind a medium that refuses when it is told to: disk full, locked, I/O error. */
export function refusingStore(store: Store, refuse: Refuse, reason = 'the disk is full'): Store {
  return new Proxy(store, {
    get(target, name: keyof Store) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const method: (...args: unknown[]) => unknown = value.bind(target);
      return (...args: unknown[]) =>
        refuse(name)
          ? Promise.reject(new WorkOrderError('store_unavailable', `The history cannot be saved: ${reason}.`))
          : method(...args);
    },
  });
}

/** A real store each of whose calls takes so much longer now. */
export function slowStore(store: Store, byMs: () => number): Store {
  return new Proxy(store, {
    get(target, name: keyof Store) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const method: (...args: unknown[]) => unknown = value.bind(target);
      return (...args: unknown[]) => {
        const answer = method(...args);
        const ms = byMs();
        return ms > 0 && answer instanceof Promise ? pause(ms).then(() => answer) : answer;
      };
    },
  });
}
