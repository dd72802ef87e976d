import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Play, Plus } from 'lucide-react';
import { useState } from 'react';
import { createWorkOrder, makeSample } from '../../api/work-orders.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';

/** What stands on a board without a work order: how to get to the first one. */
export function FirstWorkOrder() {
  const navigate = useNavigate();
  // However often it is pressed: one work order.
  const [key] = useState(() => crypto.randomUUID());
  const sample = useMutation({
    mutationFn: async () => createWorkOrder(await makeSample(), key),
    onSuccess: ({ agent_work_order_id: id }) => navigate({ to: '/work-orders/$id', params: { id } }),
  });
  return (
    <Panel className="mx-auto max-w-2xl p-6 sm:p-8">
      <h2 className="mb-2 text-base font-semibold">No work order yet</h2>
      <p className="text-soft mb-5 leading-relaxed">
        Name a git repository and say what you want. A coding agent plans it and carries it out in a copy of its own,
        step by step, and it ends with a pull request or a pushed branch. You can watch every step here.
      </p>
      <div className="flex flex-wrap gap-2">
        <Link to="/new" className={buttonClass('primary')}>
          <Plus aria-hidden />
          New work order
        </Link>
        <Button onClick={() => sample.mutate()} disabled={sample.isPending || sample.isSuccess}>
          <Play aria-hidden />
          {sample.isPending ? 'Making the sample …' : 'Try it with the sample'}
        </Button>
      </div>
      <p className="text-soft mt-3 text-xs leading-relaxed">
        The sample needs no model and no key: a small program edits a sample repository by rule and runs its tests, in
        some seconds. The steps, the commit and the push are real.
      </p>
      {sample.error && (
        <div className="mt-4">
          <ProblemNotice error={sample.error} />
        </div>
      )}
    </Panel>
  );
}
