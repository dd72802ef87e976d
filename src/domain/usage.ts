import type { Usage } from './step.ts';

/** What two parts of an attempt have used together. */
export function sum(a: Usage | null, b: Usage | null): Usage | null {
  return joined(a, b, (x, y) => x + y);
}

/** The greater of two counts of the same thing: one that was cut short may have told more before. */
export function atLeast(a: Usage | null, b: Usage | null): Usage | null {
  return joined(a, b, Math.max);
}

function joined(a: Usage | null, b: Usage | null, join: (x: number, y: number) => number): Usage | null {
  if (!a || !b) return a ?? b;
  const of = (x: number | null, y: number | null) => (x === null || y === null ? (x ?? y) : join(x, y));
  return {
    input_tokens: of(a.input_tokens, b.input_tokens),
    output_tokens: of(a.output_tokens, b.output_tokens),
    cost_usd: of(a.cost_usd, b.cost_usd),
  };
}
