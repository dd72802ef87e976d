import { useQuery } from '@tanstack/react-query';
import { CircleCheck, LoaderCircle, TriangleAlert } from 'lucide-react';
import type { KnownRepositoryView } from '../../../../src/contract/known-repository.ts';
import { repositoryCheckQuery } from '../../api/repositories.ts';
import { workOrdersQuery } from '../../api/work-orders.ts';
import { plainLine } from '../../components/plain-text.ts';
import { useSettled } from '../../hooks/use-settled.ts';
import { Field } from '../../ui/field.tsx';
import { SuggestInput } from '../../ui/suggest-input.tsx';

interface RepositoryFieldProps {
  readonly value: string;
  readonly onChange: (url: string) => void;
  readonly known: readonly KnownRepositoryView[];
  readonly fault: string | undefined;
}

/** The repository, looked at by the service as one writes. */
export function RepositoryField({ value, onChange, known, fault }: RepositoryFieldProps) {
  const { data: workOrders = [] } = useQuery(workOrdersQuery());
  const names = new Map(workOrders.map(({ repository_url }) => [repository_url, 'used before']));
  for (const { repository_url, display_name } of known) names.set(repository_url, display_name ?? 'known');
  const suggestions = [...names].map(([url, hint]) => ({ value: url, hint }));
  return (
    <div className="flex flex-col gap-1">
      <Field
        name="repository_url"
        label="Repository"
        hint="An https, ssh or git@host:path URL, or a folder that the service allows"
        fault={fault}
      >
        <SuggestInput
          value={value}
          onValueChange={onChange}
          suggestions={suggestions}
          placeholder="https://github.com/owner/name"
        />
      </Field>
      <RepositoryCheck url={value} />
    </div>
  );
}

const PAUSE_MS = 500;
/** Long enough to be somewhere: nobody is asked about a URL of which the host is still being written. */
const WHOLE = /^(?:[a-z+]+:\/\/[^/]+\/.+|[^/\s]+@[^:/]+:.+|\/.+)/i;

/** What the service finds there; the answer to what is written now, never to what was written before. */
export function useRepositoryCheck(url: string) {
  const settled = useSettled(url.trim(), PAUSE_MS);
  const isWanted = WHOLE.test(settled);
  const { data, error, isFetching } = useQuery({ ...repositoryCheckQuery(settled), enabled: isWanted });
  const isCurrent = isWanted && settled === url.trim();
  return {
    check: isCurrent ? data : undefined,
    error: isCurrent ? error : null,
    isLooking: isWanted && (isFetching || !isCurrent),
  };
}

function RepositoryCheck({ url }: { readonly url: string }) {
  const { check, error, isLooking } = useRepositoryCheck(url);
  return (
    <output className="block min-h-5 text-xs">
      {isLooking && (
        <span className="text-soft flex items-center gap-1.5">
          <LoaderCircle className="size-3.5 animate-spin" aria-hidden />
          The service looks whether it can read it …
        </span>
      )}
      {!isLooking && error && <span className="text-bad">{error.message}</span>}
      {!isLooking && check && (
        <span className={check.is_accessible ? 'text-good' : 'text-bad'}>
          {check.is_accessible && (
            <span className="mr-3 inline-flex items-center gap-1.5">
              <CircleCheck className="size-3.5" aria-hidden />
              {plainLine([check.repository_owner, check.repository_name].filter(Boolean).join('/'))} can be read
              {check.default_branch && `, default branch ${plainLine(check.default_branch)}`}
            </span>
          )}
          {check.error_message && (
            <span className={check.is_accessible ? 'text-waiting inline-flex gap-1.5' : 'inline-flex gap-1.5'}>
              <TriangleAlert className="mt-px size-3.5 shrink-0" aria-hidden />
              <bdi className="break-words">{plainLine(check.error_message)}</bdi>
            </span>
          )}
        </span>
      )}
    </output>
  );
}
