import type { Issue } from '../ports/forge.ts';
import type { RunContext } from './run-context.ts';
import { workOrderOf } from './run-context.ts';

/** The issue that the request names, or null when it names none or the forge cannot give it. */
export async function issueOf(context: RunContext): Promise<Issue | null> {
  const { github_issue_number: number, repository_url: repositoryUrl } = workOrderOf(context);
  if (!number) return null;
  try {
    return await context.forge.issue({ repositoryUrl, number, signal: context.signal });
  } catch {
    context.signal.throwIfAborted();
    return null;
  }
}

/** An issue as a prompt shows it. */
export function issueText(issue: Issue | null): string {
  return issue ? `#${issue.number} ${issue.title}\n\n${issue.body}` : 'none';
}
