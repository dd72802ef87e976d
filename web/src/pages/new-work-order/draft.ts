import { useEffect, useState } from 'react';
import type { CreateWorkOrder } from '../../../../src/contract/create-work-order.ts';
import type { BudgetText } from '../../components/budget-text.ts';
import { NO_BUDGET_TEXT, budgetIn } from '../../components/budget-text.ts';

/** What stands in the form; a text that is empty leaves the choice to the service. */
export interface Draft {
  readonly repository_url: string;
  readonly user_request: string;
  readonly agent: string;
  readonly model: string;
  readonly base_branch: string;
  readonly approve_plan: boolean;
  readonly github_issue_number: string;
  readonly workflow_type: string;
  readonly sandbox_type: string;
  /** One command a line. */
  readonly checks: string;
  readonly budget: BudgetText;
  /** Made once: however often the form is sent, it is one work order. */
  readonly key: string;
}

const PLACE = 'new-work-order';

function emptyDraft(): Draft {
  return {
    repository_url: '',
    user_request: '',
    agent: '',
    model: '',
    base_branch: '',
    approve_plan: false,
    github_issue_number: '',
    workflow_type: '',
    sandbox_type: '',
    checks: '',
    budget: NO_BUDGET_TEXT,
    key: crypto.randomUUID(),
  };
}

/** The form as it was left in this tab, for a repository if one is named: a reload loses nothing, until it was sent. */
export function useDraft(repositoryUrl: string | undefined) {
  const [draft, setDraft] = useState(() => ({
    ...keptDraft(),
    ...(repositoryUrl !== undefined && { repository_url: repositoryUrl }),
  }));
  useEffect(() => sessionStorage.setItem(PLACE, JSON.stringify(draft)), [draft]);
  return {
    draft,
    change: (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change })),
    /** Takes everything back; the next form begins empty. */
    clear: () => setDraft(emptyDraft()),
  };
}

/** Of what is kept only what fits: an earlier version of the page may have left it. */
function keptDraft(): Draft {
  const empty = emptyDraft();
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(PLACE) ?? '{}');
    if (typeof kept !== 'object' || kept === null) return empty;
    const fitting = Object.entries(kept).filter(([name, value]) => isLike(value, Reflect.get(empty, name)));
    return { ...empty, ...Object.fromEntries(fitting) };
  } catch {
    return empty;
  }
}

function isLike(value: unknown, example: unknown): boolean {
  if (typeof value !== 'object' || typeof example !== 'object') return typeof value === typeof example;
  if (value === null || example === null) return false;
  return Object.entries(example).every(([name, part]) => isLike(Reflect.get(value, name), part));
}

/** The body of the request: what is empty is left out, so that the defaults count. */
export function requestOf({ key: _key, checks, approve_plan, budget, ...texts }: Draft): CreateWorkOrder {
  const { repository_url, user_request, ...choices } = texts;
  const limits = budgetIn(budget);
  const commands = checks.split('\n').flatMap((line) => line.trim() || []);
  return {
    repository_url: repository_url.trim(),
    user_request,
    ...Object.fromEntries(Object.entries(choices).filter(([, text]) => text.trim() !== '')),
    ...(approve_plan && { approve_plan }),
    ...(limits && { budget: limits }),
    ...(commands.length > 0 && { checks: commands }),
  };
}
