import type { KnownRepositoryView } from '../contract/known-repository.ts';
import { limitsText } from '../domain/budget.ts';
import { formatAge, formatDateTime } from './format.ts';
import { agentText, labelledLines, stepAgentsText } from './labelled.ts';
import { repositoryName, tableLines } from './table.ts';
import { oneLine } from './text.ts';

/** A heading and one line a repository. */
export function repositoriesTable(
  repositories: readonly KnownRepositoryView[],
  { columns, nowMs }: { readonly columns: number; readonly nowMs: number },
): readonly string[] {
  if (repositories.length === 0) return [];
  const rows = repositories.map((repository) => [
    repository.repository_id,
    repository.last_used_at === null ? 'never' : formatAge(nowMs - Date.parse(repository.last_used_at)),
    oneLine(generalAgent(repository)) || '-',
    oneLine(repository.default_base_branch ?? '-'),
    String(repository.checks.length),
    oneLine(repository.display_name ?? repositoryName(repository.repository_url)),
  ]);
  return tableLines([['ID', 'USED', 'AGENT', 'BASE', 'CHECKS', 'REPOSITORY'], ...rows], columns);
}

export function repositoryFacts(repository: KnownRepositoryView): readonly string[] {
  const { last_verified_at: verifiedAt, last_used_at: usedAt, may_push: mayPush } = repository;
  const owned = [repository.repository_owner, repository.repository_name].filter(Boolean).join('/');
  const found = verifiedAt && `${owned}, ${repository.default_branch ?? 'no default branch'}`;
  const push = mayPush === false ? ', may not be pushed to' : '';
  return labelledLines([
    ['Repository', repository.repository_id],
    ['Name', repository.display_name],
    ['URL', repository.repository_url],
    ['Agent', generalAgent(repository)],
    ['For steps', stepAgentsText(repository.default_step_agents)],
    ['Sandbox', repository.default_sandbox_type],
    ['Workflow', repository.default_workflow_type],
    ['Base', repository.default_base_branch],
    ...repository.checks.map((check, index) => [index === 0 ? 'Checks' : '', check] as const),
    ['Budget', repository.default_budget && limitsText(repository.default_budget)],
    ['Each day', repository.daily_budget && limitsText(repository.daily_budget)],
    ['Forge', verifiedAt && `${found}${push} (${formatDateTime(verifiedAt)})`],
    ['Problem', repository.verification_error],
    ['Used', usedAt && formatDateTime(usedAt)],
    ['Added', formatDateTime(repository.created_at)],
  ]);
}

function generalAgent({ default_agent: agent, default_model: model }: KnownRepositoryView): string {
  return agentText({ agent, model });
}
