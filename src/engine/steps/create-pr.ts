import { planTitle } from '../../domain/answers.ts';
import { WorkOrderError } from '../../domain/errors.ts';
import { checksOfChange } from '../check-change.ts';
import { failedCheck } from '../../domain/check.ts';
import { planText } from '../plan-text.ts';
import { pullRequestBody } from '../pull-request-body.ts';
import type { RunContext } from '../run-context.ts';
import { outputOf, proposedByImplementor, sandboxOf, workOrderOf } from '../run-context.ts';
import type { Step } from './step.ts';

/** The service pushes the branch and opens the pull request, or says how to open one where the remote has none. */
export const createPr: Step = {
  name: 'create_pr',
  async run(context) {
    const workOrder = workOrderOf(context);
    const { git_commit: commit, git_branch_name: branch, repository_url: repositoryUrl } = workOrder;
    if (context.succeeded.get('commit')?.status === 'skipped') {
      return { status: 'skipped', output: 'There is nothing to push.' };
    }
    if (!commit || !branch) throw new WorkOrderError('git_failed', 'The history names no commit and branch to push.');
    await push(context, { repositoryUrl, branch, commit });
    return openPullRequest(context, { repositoryUrl, branch, commit });
  },
};

interface Pushed {
  readonly repositoryUrl: string;
  readonly branch: string;
  readonly commit: string;
}

async function push(context: RunContext, what: Pushed) {
  const { branch: git_branch_name, commit } = what;
  const replaces = workOrderOf(context).pushed_commits;
  await context.history.record({ type: 'intend_effect', effect: { effect: 'push', git_branch_name, commit } });
  await intentSaved(context);
  await context.reach('before_push', 'create_pr');
  context.attemptLog.progress(`pushing ${git_branch_name}`);
  const fromRepository = sandboxOf(context).collectedRepository;
  await context.forge.push({ ...what, replaces, fromRepository, signal: context.signal });
  await context.reach('after_push', 'create_pr');
  await context.history.record({ type: 'complete_effect', effect: { effect: 'push', git_branch_name, commit } });
}

async function openPullRequest(context: RunContext, what: Pushed) {
  const { repositoryUrl, branch } = what;
  const workOrder = workOrderOf(context);
  const plan = await planText(context);
  const proposed = proposedByImplementor(context);
  const title =
    proposed.pull_request_title ?? planTitle(plan ?? '') ?? workOrder.user_request.split('\n', 1)[0] ?? branch;
  const request = {
    ...what,
    baseBranch: sandboxOf(context).baseBranch,
    title: context.redactor.text(title),
    body: context.redactor.text(await bodyOf(context, what)),
    draft: failedCheck(checksOfChange(context)) !== undefined,
    signal: context.signal,
  };
  if (await context.forge.opensPullRequests({ repositoryUrl })) {
    const effect = { effect: 'pull_request', git_branch_name: branch, title } as const;
    await context.history.record({ type: 'intend_effect', effect });
    await intentSaved(context);
    context.attemptLog.progress(`opening the pull request of ${branch}`);
  }
  const answer = await context.forge.openPullRequest(request);
  await context.reach('after_pull_request', 'create_pr');
  if (answer.opened) await renew(context, answer.url, request);
  if (!answer.opened) {
    const output = `Pushed branch ${branch} to ${repositoryUrl}. To open a pull request: ${answer.howTo}`;
    return { status: 'succeeded' as const, output };
  }
  const done = { effect: 'pull_request', github_pull_request_url: answer.url } as const;
  await context.history.record({ type: 'complete_effect', effect: done });
  return { status: 'succeeded' as const, output: answer.url };
}

/** A pull request that an earlier attempt has opened says what there is now. */
async function renew(
  context: RunContext,
  url: string,
  { repositoryUrl, body }: { readonly repositoryUrl: string; readonly body: string },
): Promise<void> {
  const number = /(\d+)$/.exec(url)?.[1];
  if (workOrderOf(context).github_pull_request_url !== url || number === undefined) return;
  await context.forge.updatePullRequest({ repositoryUrl, number, body, signal: context.signal });
}

/** What the service does to the world waits until the history says that it was intended. */
async function intentSaved(context: RunContext): Promise<void> {
  if (context.history.problem) context.attemptLog.activity = 'waiting until the history can be saved';
  await context.history.settled(context.signal);
}

async function bodyOf(context: RunContext, { repositoryUrl, branch, commit }: Pushed): Promise<string> {
  const {
    agent_work_order_id: workOrderId,
    github_issue_number: issueNumber,
    plan_path: planPath,
  } = workOrderOf(context);
  const sandbox = sandboxOf(context);
  return pullRequestBody({
    summary: proposedByImplementor(context).pull_request_body ?? outputOf(context, 'implement'),
    issueNumber,
    planPath,
    planUrl: planPath ? context.forge.fileUrl({ repositoryUrl, branch, path: planPath }) : null,
    changedPaths: await sandbox.changedPaths({ from: sandbox.baseCommit, to: commit }),
    checks: checksOfChange(context),
    workOrderId,
  });
}
