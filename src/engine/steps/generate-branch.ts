import { requestClassIn } from '../../domain/answers.ts';
import { branchName, slugOf } from '../../domain/naming.ts';
import type { RunContext } from '../run-context.ts';
import { outputOf, sandboxOf, workOrderOf } from '../run-context.ts';
import type { Step } from './step.ts';

/**
 * The service makes the branch, under a name that nobody has: a branch that exists is never adopted. One that this work
 * order has pushed is its own and stays its branch, so that there is one pull request however often it is taken up again.
 */
export const generateBranch: Step = {
  name: 'generate_branch',
  async run(context) {
    const { pushed_commits, git_branch_name: own } = workOrderOf(context);
    const git_branch_name = pushed_commits.length > 0 && own !== null ? own : await freeName(context);
    await context.history.record({ type: 'intend_effect', effect: { effect: 'branch', git_branch_name } });
    await sandboxOf(context).switchBranch({ branch: git_branch_name });
    await context.history.record({ type: 'complete_effect', effect: { effect: 'branch', git_branch_name } });
    return { status: 'succeeded', output: git_branch_name };
  },
};

async function freeName(context: RunContext): Promise<string> {
  const {
    agent_work_order_id: workOrderId,
    user_request,
    github_issue_number: issueNumber,
    repository_url: repositoryUrl,
  } = workOrderOf(context);
  const requestClass = requestClassIn(outputOf(context, 'classify'));
  const wanted = branchName({ workOrderId, issueNumber, requestClass, slug: slugOf(user_request) });
  const taken = new Set(await context.forge.branches({ repositoryUrl, prefix: wanted, signal: context.signal }));
  return firstFree(wanted, taken);
}

function firstFree(wanted: string, taken: ReadonlySet<string>): string {
  // `x` and `x/y` cannot both be branches.
  const isTaken = (name: string) => taken.has(name) || [...taken].some((other) => other.startsWith(`${name}/`));
  let name = wanted;
  for (let number = 2; isTaken(name); number += 1) name = `${wanted}-${number}`;
  return name;
}
