import { GitBranch, GitPullRequest } from 'lucide-react';
import type { WorkOrder } from '../../../../src/domain/work-order.ts';
import { count } from '../../components/format.ts';
import { plainLine } from '../../components/plain-text.ts';
import { Panel } from '../../ui/panel.tsx';

/** What the work holds against its base, and where it can be seen. */
export function GitCard({ workOrder }: { readonly workOrder: WorkOrder }) {
  const { git_branch_name: branch, base_branch, git_commit, git_commit_count, latest_commit_message } = workOrder;
  const { git_files_changed, git_lines_added, git_lines_removed, github_pull_request_url: pullRequest } = workOrder;
  return (
    <Panel aria-label="Git" className="flex flex-col gap-1.5 p-3">
      <p className="flex items-start gap-2">
        <GitBranch className="text-soft mt-0.5 size-4 shrink-0" aria-hidden />
        <span className="min-w-0 font-mono text-xs break-all">{branch ?? 'no branch yet'}</span>
      </p>
      {base_branch && <p className="text-soft text-xs">from {base_branch}</p>}
      <p>
        {count(git_commit_count, 'commit')}, {count(git_files_changed, 'file')}{' '}
        <span className="text-good">+{git_lines_added}</span> <span className="text-bad">−{git_lines_removed}</span>
      </p>
      {latest_commit_message && (
        <p className="text-soft text-xs break-words">
          {git_commit && <code className="font-mono">{git_commit.slice(0, 10)}</code>}{' '}
          <bdi>{plainLine(latest_commit_message.split('\n', 1)[0] ?? '')}</bdi>
        </p>
      )}
      {pullRequest && (
        <p className="flex items-center gap-2">
          <GitPullRequest className="text-good size-4 shrink-0" aria-hidden />
          <PullRequestLink url={pullRequest} />
        </p>
      )}
    </Panel>
  );
}

function PullRequestLink({ url }: { readonly url: string }) {
  if (!/^https?:\/\//i.test(url)) return <span className="break-all">{url}</span>;
  const number = /\/(\d+)\/?$/.exec(url)?.[1];
  return (
    <a href={url} target="_blank" rel="noreferrer" className="text-accent underline">
      {number ? `Pull request #${number}` : 'Pull request'}
    </a>
  );
}
