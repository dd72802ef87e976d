import { ANSWER_SCHEMAS, planReportOf, requestClassIn } from '../../domain/answers.ts';
import { claimsOf } from '../../domain/claims.ts';
import { planPath, slugOf } from '../../domain/naming.ts';
import { askAgent, stepResultOf } from '../ask-agent.ts';
import { issueOf, issueText } from '../issue.ts';
import { outputOf, workOrderOf } from '../run-context.ts';
import type { Step } from './step.ts';

/** An agent researches the repository and writes the plan file; each class of request has a plan of its own form. */
export const plan: Step = {
  name: 'plan',
  async run(context) {
    const { agent_work_order_id: workOrderId, user_request, github_issue_number: issueNumber } = workOrderOf(context);
    const path = planPath({ workOrderId, issueNumber, slug: slugOf(user_request) });
    const issue = issueText((await issueOf(context)).issue);
    const role = `planner_${requestClassIn(outputOf(context, 'classify'))}`;
    const answer = await askAgent(context, {
      role,
      args: [user_request, issue, path],
      mayChange: true,
      answerSchema: ANSWER_SCHEMAS.plan,
    });
    const result = stepResultOf(answer);
    return answer.ok ? { ...result, output: planReportOf(answer), claims: claimsOf(answer) } : result;
  },
};
