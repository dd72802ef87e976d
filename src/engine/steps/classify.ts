import { ANSWER_SCHEMAS, requestClassOf } from '../../domain/answers.ts';
import { askAgent, stepResultOf } from '../ask-agent.ts';
import { issueOf, issueText } from '../issue.ts';
import { workOrderOf } from '../run-context.ts';
import type { Step } from './step.ts';

/** An agent reads the request and says what it asks for; an unclear answer is a feature. */
export const classify: Step = {
  name: 'classify',
  async run(context) {
    const { user_request, github_issue_number } = workOrderOf(context);
    const { issue, problem } = await issueOf(context);
    if (problem !== null) {
      const message = `Issue ${github_issue_number} could not be read from ${context.forge.id}; the work order goes on with the request alone. ${problem}`;
      await context.history.record({ type: 'note', code: 'issue_not_read', message });
    }
    if (issue?.isPullRequest) {
      const message = `Number ${issue.number} is a pull request, not an issue; its text is taken as the issue's.`;
      await context.history.record({ type: 'note', code: 'issue_is_pull_request', message });
    }
    const answer = await askAgent(context, {
      role: 'classifier',
      args: [user_request, issueText(issue)],
      mayChange: false,
      answerSchema: ANSWER_SCHEMAS.classify,
    });
    const result = stepResultOf(answer);
    return answer.ok ? { ...result, output: `/${requestClassOf(answer)}` } : result;
  },
};
