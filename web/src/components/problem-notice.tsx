import { TriangleAlert } from 'lucide-react';
import { ProblemError } from '../api/problem.ts';

/** What went wrong and what to do now, in the service's own words. */
export function ProblemNotice({ error }: { readonly error: Error }) {
  const problem = error instanceof ProblemError ? error.problem : null;
  return (
    <div role="alert" className="bg-bad-wash text-ink flex gap-2.5 rounded-md p-3">
      <TriangleAlert className="text-bad mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0">
        <p className="font-medium break-words">{error.message}</p>
        {problem?.next_step && <p className="text-soft mt-0.5 break-words">{problem.next_step}</p>}
        {problem && <p className="text-soft mt-0.5 font-mono text-xs">{problem.code}</p>}
      </div>
    </div>
  );
}
