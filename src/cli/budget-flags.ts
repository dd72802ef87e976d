import type { Command } from 'commander';
import type { Budget, Measure } from '../domain/budget.ts';
import { MEASURES } from '../domain/budget.ts';
import { amount, tokens } from './number-argument.ts';

const WORDS: Readonly<Record<Measure, { readonly flag: string; readonly value: string; readonly what: string }>> = {
  cost_usd: { flag: 'cost', value: 'USD', what: 'US dollars' },
  tokens: { flag: 'tokens', value: 'N', what: 'tokens, input and output' },
  minutes: { flag: 'minutes', value: 'N', what: 'minutes of its attempts' },
};

/** Flags for the three limits of a budget: `--cost`, or `--PREFIX-cost`, and so on. */
export function addBudgetFlags(command: Command, prefix: string | null, whose: string): Command {
  for (const measure of MEASURES) {
    const { flag, value, what } = WORDS[measure];
    const name = prefix === null ? flag : `${prefix}-${flag}`;
    command.option(`--${name} <${value}>`, `What ${whose} may take: ${what}.`, measure === 'tokens' ? tokens : amount);
  }
  return command;
}

/** The limits that those flags name; undefined where they name none. */
export function budgetIn(command: Command, prefix: string | null): Partial<Budget> | undefined {
  const given: Readonly<Record<string, number | undefined>> = command.opts();
  const named = MEASURES.flatMap((measure) => {
    const { flag } = WORDS[measure];
    const limit = given[prefix === null ? flag : `${prefix}${capital(flag)}`];
    return limit === undefined ? [] : [[measure, limit] as const];
  });
  return named.length === 0 ? undefined : Object.fromEntries(named);
}

/** The limit that a flag such as `cost` is for. */
export function measureOf(flag: string): Measure | undefined {
  return MEASURES.find((measure) => WORDS[measure].flag === flag);
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
