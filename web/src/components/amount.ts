import type { Measure } from '../../../src/domain/budget.ts';
import { cost, duration, short } from './format.ts';

/** `$0.42`, `12K tokens`, `3 min 5 s`. */
export function amount(measure: Measure, value: number): string {
  return figure(measure, value) + unit(measure);
}

/** The same with its limit: `$0.42 of $2.00`; null for none. */
export function amountOf(measure: Measure, value: number, limit: number | null): string {
  const of = limit === null ? '' : ` of ${figure(measure, limit)}`;
  return figure(measure, value) + of + unit(measure);
}

function figure(measure: Measure, value: number): string {
  switch (measure) {
    case 'cost_usd':
      return cost(value);
    case 'tokens':
      return short(value);
    case 'minutes':
      return Number.isInteger(value) ? `${value} min` : duration(value * 60);
  }
}

function unit(measure: Measure): string {
  return measure === 'tokens' ? ' tokens' : '';
}
