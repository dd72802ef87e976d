import { z } from 'zod';
import { Timestamp, orNull } from './common.ts';

const money = z.number('It must be a number of US dollars.').positive('It must be greater than 0.').max(1_000_000);
const tokens = z.int('It must be a whole number.').positive('It must be greater than 0.');
const minutes = z.number('It must be a number of minutes.').positive('It must be greater than 0.').max(1_000_000);

const limits = {
  cost_usd: money.nullish().meta({ description: 'US dollars', example: 2 }),
  tokens: tokens.nullish().meta({ description: 'Input and output together', example: 500_000 }),
  minutes: minutes.nullish().meta({ description: 'Of attempts, not of waiting', example: 60 }),
};

/** A misspelt limit is refused, where other fields that are not known are ignored: it would be none. */
export const BudgetField = z
  .strictObject(limits)
  .refine((budget) => Object.values(budget).some((limit) => limit != null), 'Name cost_usd, tokens or minutes.');

/** The body of `POST …/budget`. */
export const ChangeBudgetSchema = z
  .object({
    budget: z
      .strictObject(limits)
      .refine((budget) => Object.keys(budget).length > 0, 'Name cost_usd, tokens or minutes.')
      .optional()
      .meta({ description: 'New limits of the work order; what is absent stays, null takes a limit away' }),
    beyond_daily: z
      .boolean('It must be true or false.')
      .nullish()
      .meta({ description: 'True lets it go on although the budget of a day is spent; false takes that back' }),
    by: z
      .string()
      .min(1, 'It must not be empty.')
      .max(200, 'It may have at most 200 characters.')
      .nullish()
      .meta({ description: 'Who wants it so; "api" when absent', example: 'ada' }),
    until: z.iso
      .datetime({ offset: true, error: 'It must be a time as ISO 8601, with its offset or Z.' })
      .transform((time) => new Date(time).toISOString())
      .nullish()
      .meta({ description: 'When what was before counts again; never when absent', example: '2026-11-25T18:00:00Z' }),
    reason: z.string().max(2_000, 'It may have at most 2000 characters.').nullish(),
  })
  .refine(({ budget, beyond_daily }) => budget !== undefined || beyond_daily != null, {
    path: ['budget'],
    error: 'Name new limits, or beyond_daily.',
  })
  .meta({ id: 'ChangeBudget' });
export type ChangeBudget = z.input<typeof ChangeBudgetSchema>;

/** Limits; null where there is none. */
export const BudgetSchema = z
  .object({ cost_usd: z.number().nullable(), tokens: z.int().nullable(), minutes: z.number().nullable() })
  .meta({ id: 'Budget', description: 'US dollars, tokens (input and output), and minutes; null for no limit' });

export const SpendingSchema = z
  .object({ cost_usd: z.number(), tokens: z.int(), minutes: z.number() })
  .meta({ id: 'Spending', description: 'As far as the agents have told it' });

export const BudgetOverrideSchema = z
  .object({ budget: BudgetSchema, until: Timestamp, by: z.string() })
  .meta({ id: 'BudgetOverride', description: 'Limits that count in place of `budget` until then' });

export const DailyOverrideSchema = z
  .object({ until: Timestamp.nullable(), by: z.string() })
  .meta({ id: 'DailyOverride', description: 'Budgets of days do not hold it until then; for good when null' });

const StandingSchema = z
  .object({
    budget: BudgetSchema,
    spent: SpendingSchema,
    left: BudgetSchema.meta({ description: 'Null where there is no limit' }),
  })
  .meta({ id: 'BudgetStanding' });

export const DailyBudgetsSchema = z
  .object({
    day: z.string().meta({ description: 'The UTC day', example: '2026-11-25' }),
    ends_at: Timestamp.meta({ description: 'When the next one begins' }),
    service: StandingSchema.meta({ description: 'Of everything, running attempts included' }),
    repository: orNull(StandingSchema).meta({ description: 'Of the repository that was asked for' }),
  })
  .meta({ id: 'DailyBudgets' });
export type DailyBudgetsView = z.infer<typeof DailyBudgetsSchema>;

export const DailyBudgetsQuery = z.object({
  repository_url: z.string().min(1).optional().meta({ description: 'A repository whose budget is wanted too' }),
});
