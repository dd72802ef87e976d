import { useEffect, useState } from 'react';
import type { CreateWorkOrder } from '../../../../src/contract/create-work-order.ts';

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
    const fitting = Object.entries(kept).filter(([name, value]) => typeof value === typeof Reflect.get(empty, name));
    return { ...empty, ...Object.fromEntries(fitting) };
  } catch {
    return empty;
  }
}

/** The body of the request: what is empty is left out, so that the defaults count. */
export function requestOf({ key: _key, checks, approve_plan, ...texts }: Draft): CreateWorkOrder {
  const { repository_url, user_request, ...choices } = texts;
  const commands = checks.split('\n').flatMap((line) => line.trim() || []);
  return {
    repository_url: repository_url.trim(),
    user_request,
    ...Object.fromEntries(Object.entries(choices).filter(([, text]) => text.trim() !== '')),
    ...(approve_plan && { approve_plan }),
    ...(commands.length > 0 && { checks: commands }),
  };
}
