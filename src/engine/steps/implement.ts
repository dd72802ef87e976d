import { ANSWER_SCHEMAS, implementAnswerOf } from '../../domain/answers.ts';
import { claimsOf } from '../../domain/claims.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import { askAgent, stepResultOf } from '../ask-agent.ts';
import { evidenceText } from '../../domain/check.ts';
import { unfinishedText } from '../../domain/unfinished.ts';
import type { EndedAttempt } from '../../domain/step.ts';
import type { RunContext } from '../run-context.ts';
import { outputOf, unfinishedWork, workOrderOf, workToCheck, workToMend } from '../run-context.ts';
import { planText, putEditedPlan } from '../plan-text.ts';
import type { Step, StepResult } from './step.ts';

/** An agent carries out the plan and runs its validation commands; it makes no commit and no branch. */
export const implement: Step = {
  name: 'implement',
  async run(context) {
    const done = workToCheck(context);
    if (done) return takeOver(context, done);
    const path = outputOf(context, 'find_plan');
    const plan = await planText(context);
    if (plan === null)
      throw new WorkOrderError('plan_missing', `The plan ${path} is not in the working copy any more.`);
    await putEditedPlan(context);
    const unfinished = unfinishedWork(context).at(-1);
    const answered = await askAgent(context, {
      role: 'implementor',
      args: [path, plan, workOrderOf(context).user_request],
      unfinished: unfinishedText(unfinished),
      evidence: evidenceText((workToMend(context).at(-1) ?? unfinished)?.checks ?? []),
      mayChange: true,
      answerSchema: ANSWER_SCHEMAS.implement,
    });
    const result = stepResultOf(answered);
    if (!answered.ok) return result;
    const { report, answer } = implementAnswerOf(answered);
    return { ...result, output: report, answer, claims: claimsOf(answered) };
  },
};

/** What the attempt before had done when the service ended; what it has used is counted there. */
function takeOver({ attemptLog }: RunContext, { attempt, output, answer, session_id }: EndedAttempt): StepResult {
  attemptLog.progress(`The work of attempt ${attempt} is there and is checked: no agent is asked again.`);
  return { status: 'succeeded', output, answer, session_id, usage: null, touchedTree: true };
}
