import { ANSWER_SCHEMAS, implementAnswerOf } from '../../domain/answers.ts';
import { claimsOf } from '../../domain/claims.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import { askAgent, stepResultOf } from '../ask-agent.ts';
import { evidenceText } from '../../domain/check.ts';
import { outputOf, workOrderOf, workToMend } from '../run-context.ts';
import { planText, putEditedPlan } from '../plan-text.ts';
import type { Step } from './step.ts';

/** An agent carries out the plan and runs its validation commands; it makes no commit and no branch. */
export const implement: Step = {
  name: 'implement',
  async run(context) {
    const path = outputOf(context, 'find_plan');
    const plan = await planText(context);
    if (plan === null)
      throw new WorkOrderError('plan_missing', `The plan ${path} is not in the working copy any more.`);
    await putEditedPlan(context);
    const answered = await askAgent(context, {
      role: 'implementor',
      args: [path, plan, workOrderOf(context).user_request],
      evidence: evidenceText(workToMend(context).at(-1)?.checks ?? []),
      mayChange: true,
      answerSchema: ANSWER_SCHEMAS.implement,
    });
    const result = stepResultOf(answered);
    if (!answered.ok) return result;
    const { report, answer } = implementAnswerOf(answered);
    return { ...result, output: report, answer, claims: claimsOf(answered) };
  },
};
