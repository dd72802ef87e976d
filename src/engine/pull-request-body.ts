import type { CheckResult } from '../domain/check.ts';

/** What the text of a pull request is made of. */
interface PullRequestText {
  /** The implementor's own words. */
  readonly summary: string;
  readonly issueNumber: string | null;
  readonly planPath: string | null;
  /** The page of the plan on the branch; null where the forge has no pages. */
  readonly planUrl: string | null;
  readonly changedPaths: readonly string[];
  /** What the service ran on the change; empty where there was nothing to run. */
  readonly checks: readonly CheckResult[];
  readonly workOrderId: string;
}

/** Forges refuse a text of more than 65,536 characters. */
const MAX_SUMMARY = 40_000;
const MAX_PATHS = 100;

/** The text of a pull request, in Markdown. The same input gives the same text, so that it can be found again. */
export function pullRequestBody(text: PullRequestText): string {
  const { summary, issueNumber, changedPaths, checks, workOrderId } = text;
  const shown = changedPaths.slice(0, MAX_PATHS).map((path) => `- ${code(path)}`);
  const more = changedPaths.length - shown.length;
  return [
    summary.length > MAX_SUMMARY ? `${summary.slice(0, MAX_SUMMARY)}…` : summary,
    ...(issueNumber ? [`Closes #${issueNumber}`] : []),
    `Plan: ${planLink(text)}`,
    ['Changed files:', '', ...shown, ...(more > 0 ? [`- and ${more} more`] : [])].join('\n'),
    ...(checks.length > 0 ? [['Checks run by the service:', '', ...checks.map(checkLine)].join('\n')] : []),
    `Work order: ${workOrderId}`,
  ].join('\n\n');
}

function planLink({ planPath, planUrl }: PullRequestText): string {
  if (!planPath) return 'none';
  return planUrl ? `[${code(planPath)}](${planUrl})` : code(planPath);
}

function checkLine({ command, status, exit_code, duration_seconds }: CheckResult): string {
  const how = exit_code === null ? '' : `, exit code ${exit_code}`;
  const word = { passed: 'passed', failed: '**failed**', timed_out: '**timed out**' }[status];
  return `- ${code(command)}: ${word}${how}, ${Math.round(duration_seconds)} s`;
}

/** A text of one line as Markdown shows it, whatever signs it has. */
function code(path: string): string {
  const plain = path.replaceAll(/\p{Cc}/gu, '?');
  const fence = '`'.repeat(Math.max(0, ...[...plain.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  return fence.length > 1 ? `${fence} ${plain} ${fence}` : `${fence}${plain}${fence}`;
}
