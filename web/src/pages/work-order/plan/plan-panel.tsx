import { useQuery } from '@tanstack/react-query';
import { Download, Pencil } from 'lucide-react';
import { Suspense, useState } from 'react';
import type { WorkOrder } from '../../../../../src/domain/work-order.ts';
import { planPath, planQuery } from '../../../api/documents.ts';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import { lazyPart } from '../../../hooks/lazy-part.ts';
import { Button, buttonClass } from '../../../ui/button.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { EditPlan } from './edit-plan.tsx';

const Markdown = lazyPart(() => import('../../../components/markdown.tsx').then(({ Markdown }) => Markdown));

interface PlanPanelProps {
  readonly workOrder: WorkOrder;
  readonly canEdit: boolean;
}

/** The plan, the latest version unless another one is chosen. */
export function PlanPanel({ workOrder, canEdit }: PlanPanelProps) {
  const { agent_work_order_id: id, plan_version: latest, plan_path, plan_edited } = workOrder;
  const [chosen, setChosen] = useState<number | null>(null);
  const [isEditing, setIsEditing] = useState(false);
  const version = chosen ?? latest;
  const { data: markdown, error } = useQuery({ ...planQuery(id, version), enabled: latest > 0 });
  if (latest === 0) return <Panel className="text-soft p-8 text-center">There is no plan yet.</Panel>;
  return (
    <Panel aria-label="Plan">
      <div className="border-line text-soft flex flex-wrap items-center gap-x-3 gap-y-2 border-b px-3 py-2">
        <code className="min-w-0 font-mono text-xs break-all">{plan_path}</code>
        <label className="ml-auto flex items-center gap-1.5">
          Version
          <select
            className="bg-surface border-line-strong text-ink rounded-md border px-1.5 py-0.5"
            value={version}
            disabled={isEditing}
            onChange={(event) => setChosen(Number(event.currentTarget.value))}
          >
            {Array.from({ length: latest }, (_, index) => latest - index).map((number) => (
              <option key={number} value={number}>
                {number}
                {number === latest && ` (latest${plan_edited ? ', edited' : ''})`}
              </option>
            ))}
          </select>
        </label>
        <a className={buttonClass('quiet')} href={planPath(id, version)} download={`${id}-plan-${version}.md`}>
          <Download aria-hidden />
          <span className="sr-only">Download this version</span>
        </a>
        {canEdit && !isEditing && version === latest && markdown !== undefined && (
          <Button onClick={() => setIsEditing(true)}>
            <Pencil aria-hidden />
            Edit
          </Button>
        )}
      </div>
      <div className="p-4">
        {error && <ProblemNotice error={error} />}
        {isEditing && markdown !== undefined ? (
          <EditPlan
            id={id}
            version={version}
            markdown={markdown}
            onClose={() => {
              setIsEditing(false);
              setChosen(null);
            }}
          />
        ) : (
          <Suspense fallback={<p className="text-soft">Loading …</p>}>
            {markdown !== undefined && <Markdown text={markdown} />}
          </Suspense>
        )}
      </div>
    </Panel>
  );
}
