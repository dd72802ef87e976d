import type { Confinement } from './confinement.ts';

/** Programs run as they are. `problem` says why there is nothing better, what that means and what to do. */
export function createNoConfinement(problem: string): Confinement {
  return {
    report: { kind: 'none', version: null, problem, network: 'open' },
    shown: [],
    agent: ({ file, args }) =>
      Promise.resolve({ command: { file, args, infoFd: null }, [Symbol.asyncDispose]: () => Promise.resolve() }),
    collect: ({ file, args }) => ({ file, args, infoFd: null }),
  };
}
