import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { repositoriesQuery } from '../../api/repositories.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { usePageFrame } from '../../hooks/use-page-frame.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Panel } from '../../ui/panel.tsx';
import { RepositoryCard } from './repository-card.tsx';
import { RepositoryForm } from './repository-form.tsx';

/** The repositories that the service keeps defaults for, those used last first. */
export function RepositoriesPage() {
  usePageFrame({ title: 'Repositories' });
  const { data: repositories, error } = useQuery(repositoriesQuery());
  const [isAdding, setAdding] = useState(false);
  return (
    <>
      <div className="mb-3 flex items-center justify-between gap-4">
        <h1 className="text-lg font-semibold">Known repositories</h1>
        <Button onClick={() => setAdding(true)}>
          <Plus aria-hidden />
          Add
        </Button>
      </div>
      {error && <ProblemNotice error={error} />}
      {repositories?.length === 0 && (
        <Panel className="text-soft p-6 leading-relaxed">
          None yet. A repository that you hand in work for again and again can be made known, with the agent, the base
          branch and the checks that it wants. A work order for any other one runs just as well.
        </Panel>
      )}
      {repositories && repositories.length > 0 && (
        <Panel>
          <ul className="divide-line divide-y">
            {repositories.map((repository) => (
              <RepositoryCard key={repository.repository_id} repository={repository} />
            ))}
          </ul>
        </Panel>
      )}
      <Dialog open={isAdding} onOpenChange={setAdding} title="Make a repository known">
        <RepositoryForm repository={null} onDone={() => setAdding(false)} />
      </Dialog>
    </>
  );
}
