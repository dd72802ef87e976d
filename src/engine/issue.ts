import type { Issue } from '../ports/forge.ts';
import type { RunContext } from './run-context.ts';
import { workOrderOf } from './run-context.ts';

interface ReadIssue {
  /** Null when the request names none, or the forge cannot give it. */
  readonly issue: Issue | null;
  /** Why the forge cannot give the one that is named. */
  readonly problem: string | null;
}

/** What a prompt shows of an issue at most; very long ones would fill the model's context. */
const MAX_CHARACTERS = 64 * 1_024;

/** The issue that the request names. Rejects only when the run was ended. */
export async function issueOf(context: RunContext): Promise<ReadIssue> {
  const { github_issue_number: number, repository_url: repositoryUrl } = workOrderOf(context);
  if (!number) return { issue: null, problem: null };
  try {
    const issue = await context.forge.issue({ repositoryUrl, number, signal: context.signal });
    return { issue, problem: issue ? null : `${context.forge.id} has no issues.` };
  } catch (error) {
    context.signal.throwIfAborted();
    return { issue: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** An issue as a prompt shows it. */
export function issueText(issue: Issue | null): string {
  if (!issue) return 'none';
  const { number, title, body, comments } = issue;
  const parts = [`#${number} ${title}`, body, ...comments.map((each) => `Comment by ${each.author}:\n${each.body}`)];
  const text = parts.filter((part) => part !== '').join('\n\n');
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS)}…` : text;
}
