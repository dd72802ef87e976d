import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { KnownRepositoryView } from '../../../../src/contract/known-repository.ts';
import { limitsText } from '../../../../src/domain/budget.ts';
import { removeRepository, repositoriesQuery, verifyRepository } from '../../api/repositories.ts';
import { Ago } from '../../components/ago.tsx';
import { repositoryName } from '../../components/format.ts';
import { plainLine } from '../../components/plain-text.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { RepositoryForm } from './repository-form.tsx';

type Open = 'change' | 'remove' | null;

/** A known repository: what is kept of it, and what can be done. */
export function RepositoryCard({ repository }: { readonly repository: KnownRepositoryView }) {
  const { repository_id: id, repository_url: url, display_name, last_used_at } = repository;
  const name = plainLine(display_name ?? repositoryName(url));
  const [open, setOpen] = useState<Open>(null);
  const queries = useQueryClient();
  const onSuccess = () => queries.invalidateQueries(repositoriesQuery());
  const verify = useMutation({ mutationFn: () => verifyRepository(id), onSuccess });
  const remove = useMutation({ mutationFn: () => removeRepository(id), onSuccess });
  return (
    <li className="flex flex-col gap-2 p-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h2 className="font-medium">{name}</h2>
          <p className="text-soft font-mono text-xs break-all">{url}</p>
          <Defaults repository={repository} />
          <Verification repository={repository} />
          <p className="text-soft text-xs">
            {last_used_at ? (
              <>
                last used <Ago at={last_used_at} />
              </>
            ) : (
              'not used yet'
            )}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Link
            to="/new"
            search={{ repository: url }}
            className={buttonClass()}
            aria-label={`New work order for ${name}`}
          >
            New work order
          </Link>
          <Button onClick={() => setOpen('change')} aria-label={`Change ${name}`}>
            Change
          </Button>
          <Button
            onClick={() => verify.mutate()}
            disabled={verify.isPending}
            focusableWhenDisabled
            aria-label={`Verify ${name}`}
          >
            {verify.isPending ? 'Asking …' : 'Verify'}
          </Button>
          <Button variant="danger" onClick={() => setOpen('remove')} aria-label={`Remove ${name}`}>
            Remove
          </Button>
        </div>
      </div>
      {verify.error && <ProblemNotice error={verify.error} />}
      <Dialog
        open={open === 'change'}
        onOpenChange={(isOpen) => setOpen(isOpen ? 'change' : null)}
        title={`Change ${name}`}
      >
        <RepositoryForm repository={repository} onDone={() => setOpen(null)} />
      </Dialog>
      <Dialog
        open={open === 'remove'}
        onOpenChange={(isOpen) => setOpen(isOpen ? 'remove' : null)}
        title={`Remove ${name}?`}
        description="The service forgets its defaults. Its work orders stay, and those that run go on with what they have."
      >
        {remove.error && <ProblemNotice error={remove.error} />}
        <div className="mt-4 flex justify-end gap-2">
          <Button onClick={() => setOpen(null)}>Keep it</Button>
          <Button variant="danger" onClick={() => remove.mutate()} disabled={remove.isPending}>
            Remove
          </Button>
        </div>
      </Dialog>
    </li>
  );
}

function Defaults({ repository }: { readonly repository: KnownRepositoryView }) {
  const steps = Object.entries(repository.default_step_agents).map(
    ([step, wish]) => `${step} by ${[wish.agent, wish.model].filter(Boolean).join(' ')}`,
  );
  const defaults = [
    [repository.default_agent, repository.default_model].filter(Boolean).join(' '),
    ...steps,
    repository.default_base_branch && `from ${repository.default_base_branch}`,
    repository.default_sandbox_type,
    repository.default_budget && `a work order may take ${limitsText(repository.default_budget)}`,
    repository.daily_budget && `a UTC day ${limitsText(repository.daily_budget)}`,
    repository.checks.length > 0 && `checks: ${repository.checks.join(' · ')}`,
  ].filter(Boolean);
  return <p className="break-words">{defaults.length > 0 ? defaults.join(', ') : 'No defaults'}</p>;
}

function Verification({ repository }: { readonly repository: KnownRepositoryView }) {
  const { verification_error: error, last_verified_at: at, default_branch: branch, may_push } = repository;
  if (error !== null) return <Warning text={error} />;
  if (at === null) return <p className="text-soft text-xs">not verified yet</p>;
  return (
    <>
      <p className="text-good flex items-center gap-1.5 text-xs">
        <CircleCheck className="size-3.5 shrink-0" aria-hidden />
        <span>
          could be read <Ago at={at} />
          {branch && `, default branch ${branch}`}
        </span>
      </p>
      {may_push === false && <Warning text="It can be read, but the service may not push to it." />}
    </>
  );
}

function Warning({ text }: { readonly text: string }) {
  return (
    <p className="text-waiting flex gap-1.5 text-xs">
      <TriangleAlert className="mt-px size-3.5 shrink-0" aria-hidden />
      <bdi className="break-words">{plainLine(text)}</bdi>
    </p>
  );
}
