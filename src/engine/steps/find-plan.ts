import { markdownPathsIn } from '../../domain/answers.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import { isPlanPath } from '../../domain/naming.ts';
import type { AgentResult } from '../../ports/agent.ts';
import { askAgent } from '../ask-agent.ts';
import type { RunContext } from '../run-context.ts';
import { latestCheckpoint, outputOf, sandboxOf, workOrderOf } from '../run-context.ts';
import type { Step } from './step.ts';

const MAX_PLAN_BYTES = 1_024 * 1_024;

/** Facts first: what the planner really wrote, then names, then its words. Only when all fail is an agent asked. */
export const findPlan: Step = {
  name: 'find_plan',
  async run(context) {
    const written = await changedByPlanner(context);
    const report = outputOf(context, 'plan');
    const found =
      (await firstReadable(context, likelyPlans(context, written))) ??
      (await firstReadable(context, markdownPathsIn(report)));
    if (found) return keep(context, found, null);

    const answer = await askAgent(context, {
      role: 'plan_finder',
      args: [report, written.join('\n') || 'none'],
      mayChange: false,
      answerSchema: null,
    });
    const named = answer.ok ? await firstReadable(context, markdownPathsIn(answer.output)) : null;
    if (named) return keep(context, named, answer);
    if (answer.ok) await refuseClaim(context, answer.output.trim());
    throw new WorkOrderError(
      'plan_missing',
      'The planner has written no plan file, and its report names none that exists.',
    );
  },
};

/** An answer that is nothing but a path says that the plan is there. */
async function refuseClaim(context: RunContext, answer: string): Promise<void> {
  const [path] = markdownPathsIn(answer);
  if (path !== answer.replace(/^[`"']|[`"']$/g, '') || (await sandboxOf(context).holds({ path }))) return;
  throw new WorkOrderError('claim_not_found', `The agent says that the plan is in ${path}; no such file is there.`);
}

interface FoundPlan {
  readonly path: string;
  readonly markdown: string;
}

async function keep(context: RunContext, { path, markdown }: FoundPlan, answer: AgentResult | null) {
  await context.history.record({ type: 'keep_plan', path, plan: markdown });
  const asked = answer ? { session_id: answer.sessionId, usage: answer.usage, touchedTree: true } : {};
  return { status: 'succeeded' as const, output: path, ...asked };
}

function changedByPlanner(context: RunContext): Promise<readonly string[]> {
  const sandbox = sandboxOf(context);
  const before = context.succeeded.get('classify')?.checkpoint ?? sandbox.baseCommit;
  return sandbox.changedPaths({ from: before, to: latestCheckpoint(context) });
}

/** Markdown files that the planner wrote: of the wanted name first, then below `specs/`, then a single other one. */
function likelyPlans(context: RunContext, written: readonly string[]): readonly string[] {
  const { agent_work_order_id: workOrderId, github_issue_number: issueNumber } = workOrderOf(context);
  const markdown = written.filter((path) => path.endsWith('.md'));
  const named = markdown.filter((path) => isPlanPath(path, { workOrderId, issueNumber }));
  const specs = markdown.filter((path) => path.startsWith('specs/'));
  return [...named, ...specs, ...(markdown.length === 1 ? markdown : [])];
}

async function firstReadable(context: RunContext, paths: readonly string[]): Promise<FoundPlan | null> {
  const checkpoint = latestCheckpoint(context);
  for (const path of paths) {
    const markdown = await sandboxOf(context).readFile({ checkpoint, path, maxBytes: MAX_PLAN_BYTES });
    if (markdown?.trim()) return { path, markdown };
  }
  return null;
}
