import { createRoute } from '@hono/zod-openapi';
import { DailyBudgetsQuery, DailyBudgetsSchema } from '../../contract/budget.ts';
import type { Standing } from '../../domain/budget.ts';
import { dayOf, leftOf, nextDay } from '../../domain/budget.ts';
import type { App } from '../dependencies.ts';
import { TAGS, json, problems } from '../responses.ts';

const route = createRoute({
  method: 'get',
  path: '/budget',
  operationId: 'getDailyBudgets',
  tags: [TAGS.service],
  summary: 'What was spent on this UTC day, and what is left',
  description: 'Of the whole service; with repository_url also of that repository. Running attempts are counted.',
  request: { query: DailyBudgetsQuery },
  responses: { 200: json('The budgets of the day', DailyBudgetsSchema), ...problems(422, 503) },
});

export function registerDailyBudgets(app: App): void {
  app.openapi(route, async (context) => {
    const { budgets, clock } = context.var.dependencies;
    const { repository_url } = context.req.valid('query');
    const now = clock.now().toISOString();
    const [repository, service] = await budgets.ofDay(repository_url ?? '');
    return context.json(
      {
        day: dayOf(now),
        ends_at: nextDay(now),
        service: standingView(service),
        repository: repository_url === undefined ? null : standingView(repository),
      },
      200,
    );
  });
}

function standingView(standing: Standing) {
  const { budget, spent } = standing;
  return { budget, spent, left: leftOf([standing]) };
}
