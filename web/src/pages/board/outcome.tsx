import type { WorkOrderView } from '../../../../src/contract/work-order.ts';
import { ExternalLink } from '../../components/external-link.tsx';
import { stepTitle } from '../../components/format.ts';
import { plainLine } from '../../components/plain-text.ts';

/** What came of it, with the way there. */
export function Outcome({ workOrder }: { readonly workOrder: WorkOrderView }) {
  const { status, outcome, github_pull_request_url: url, git_branch_name: branch } = workOrder;
  if (status === 'failed') {
    const { error_message, error_code, failed_step: step } = workOrder;
    const message = plainLine(error_message ?? error_code ?? '');
    return (
      <span className="text-bad line-clamp-2 text-xs break-words" title={message}>
        {step && `${stepTitle(step)}: `}
        <bdi>{message}</bdi>
      </span>
    );
  }
  if (url !== null) {
    return (
      <ExternalLink href={url} className="relative z-10 text-xs">
        Pull request {/\/(\d+)\/?$/.exec(url)?.[1]}
      </ExternalLink>
    );
  }
  if (outcome === 'no_change_needed') return <span className="text-soft text-xs">no change was needed</span>;
  if (outcome === 'plan_only') return <span className="text-soft text-xs">a plan</span>;
  if (outcome === 'branch_pushed') {
    return (
      <span className="text-soft block truncate text-xs" title={branch ?? undefined}>
        pushed <span className="font-mono">{branch}</span>
      </span>
    );
  }
  return null;
}
