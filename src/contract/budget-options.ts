import { z } from 'zod';
import { option } from './option.ts';

const BUDGET_ALLOWED =
  'an object with at least one of costUsd (US dollars), tokens (a whole number) and minutes, each greater than 0';

const budget = z
  .strictObject({
    costUsd: z.number().positive().max(1_000_000).optional(),
    tokens: z.int().min(1).optional(),
    minutes: z.number().positive().max(1_000_000).optional(),
  })
  .refine((limits) => Object.keys(limits).length > 0)
  .nullable()
  .default(null);

const FACTS = { form: 'json', allowed: BUDGET_ALLOWED, defaultText: 'no limit' } as const;

/** What may be spent beyond a single attempt, and when nothing is left. */
export const budgetOptions = {
  workOrderBudget: option(budget, {
    ...FACTS,
    environment: 'AWO_WORK_ORDER_BUDGET',
    description:
      'What all attempts of a work order together may take where neither the request nor its known repository says so. For example `{"costUsd": 5, "minutes": 120}`.',
  }),
  repositoryDailyBudget: option(budget.clone(), {
    ...FACTS,
    environment: 'AWO_REPOSITORY_DAILY_BUDGET',
    description:
      'What the work orders at one repository may take on a UTC day, where the known repository does not say it.',
  }),
  dailyBudget: option(budget.clone(), {
    ...FACTS,
    environment: 'AWO_DAILY_BUDGET',
    description: 'What all work orders together may take on a UTC day. Work orders wait for the next one then.',
  }),
};
