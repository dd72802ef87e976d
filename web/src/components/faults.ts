import { ProblemError } from '../api/problem.ts';

/** Where the faults of a code belong that the service does not tell by a path. */
const FIELDS: Readonly<Record<string, string>> = {
  agent_unavailable: 'agent',
  agent_repository_refused: 'agent',
  sandbox_type_unavailable: 'sandbox_type',
  repository_url_refused: 'repository_url',
  repository_exists: 'repository_url',
  repository_not_verified: 'repository_url',
};

/** What the service finds wrong, by the field; empty where it is not about a field. */
export function faultsOf(error: Error | null): ReadonlyMap<string, string> {
  const faults = new Map<string, string>();
  if (!(error instanceof ProblemError)) return faults;
  const { errors = [], detail, code } = error.problem;
  for (const { path, message } of errors) {
    // `checks.2`: the field is the whole list; `budget.tokens` has one of its own.
    const field = path.replace(/\.\d+$/, '');
    faults.set(field, [faults.get(field), message].filter(Boolean).join(' '));
  }
  const field = FIELDS[code];
  if (faults.size === 0 && field !== undefined) faults.set(field, detail);
  return faults;
}
