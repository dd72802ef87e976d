import { createRoute } from '@hono/zod-openapi';
import { GitProgressSchema } from '../../contract/git.ts';
import type { App } from '../dependencies.ts';
import { readWorkOrder } from '../reading.ts';
import { IdParams, TAGS, json, problems } from '../responses.ts';

const route = createRoute({
  method: 'get',
  path: '/agent-work-orders/{agent_work_order_id}/git-progress',
  operationId: 'getGitProgress',
  tags: [TAGS.work],
  summary: 'Commits, files and lines so far',
  request: { params: IdParams },
  responses: { 200: json('What the work holds against its base', GitProgressSchema), ...problems(404, 503) },
});

export function registerGitProgress(app: App): void {
  app.openapi(route, async (context) => {
    const { store } = context.var.dependencies;
    const workOrder = await readWorkOrder(store, context.req.valid('param').agent_work_order_id);
    return context.json(
      {
        agent_work_order_id: workOrder.agent_work_order_id,
        current_phase: workOrder.current_phase ?? ('planning' as const),
        git_commit_count: workOrder.git_commit_count,
        git_files_changed: workOrder.git_files_changed,
        git_lines_added: workOrder.git_lines_added,
        git_lines_removed: workOrder.git_lines_removed,
        latest_commit_message: workOrder.latest_commit_message,
        git_branch_name: workOrder.git_branch_name,
        git_commit: workOrder.git_commit,
        base_branch: workOrder.base_branch,
        base_commit: workOrder.base_commit,
      },
      200,
    );
  });
}
