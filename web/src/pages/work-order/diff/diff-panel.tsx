import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Columns2, Download, Rows2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import type { StepName } from '../../../../../src/domain/workflow.ts';
import { isTerminal } from '../../../../../src/domain/work-order.ts';
import { diffDownloadPath, diffQuery } from '../../../api/diff.ts';
import { workOrderQuery } from '../../../api/work-orders.ts';
import { count, stepTitle } from '../../../components/format.ts';
import { ProblemNotice } from '../../../components/problem-notice.tsx';
import { Button, buttonClass } from '../../../ui/button.tsx';
import { Changes, FileCard } from './file-card.tsx';
import { fileDiffs } from './file-diff.ts';
import type { FileDiff } from './file-diff.ts';
import { openAtFirst } from './open-at-first.ts';
import { FileList } from './file-list.tsx';
import { useDiffView } from './use-diff-view.ts';

interface DiffPanelProps {
  readonly id: WorkOrderId;
  /** What this step has changed; null for the whole work order. */
  readonly step: StepName | null;
  /** Changes when there may be another diff: it is asked for again then. */
  readonly revision: number;
}

/** What has changed in the files. */
export function DiffPanel({ id, step, revision }: DiffPanelProps) {
  const [ignoresWhiteSpace, setIgnoresWhiteSpace] = useState(false);
  const { view, setView } = useDiffView();
  const wish = { step, ignoresWhiteSpace };
  const { data: diff, error } = useQuery({ ...diffQuery(id, wish, revision), placeholderData: keepPreviousData });
  const { data: workOrder } = useQuery(workOrderQuery(id));
  const takesComments = workOrder !== undefined && !isTerminal(workOrder.status);
  const files = useMemo(() => fileDiffs(diff?.text ?? ''), [diff?.text]);
  const opened = useMemo(() => openAtFirst(files), [files]);
  /** What was opened or folded by hand, by path. */
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const isOpen = (file: FileDiff): boolean => toggled.get(keyOf(file)) ?? opened.has(file);

  if (error && !diff) return <ProblemNotice error={error} />;
  if (!diff) return <p className="text-soft p-8 text-center">Loading …</p>;
  const added = files.reduce((sum, file) => sum + file.added, 0);
  const removed = files.reduce((sum, file) => sum + file.removed, 0);
  return (
    <section aria-label="Diff" className="flex flex-col gap-3">
      {error && <ProblemNotice error={error} />}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <span className="font-medium">{count(files.length, 'changed file')}</span>
        <Changes added={added} removed={removed} />
        <span className="text-soft">{step === null ? 'in the whole work order' : `by ${stepTitle(step)}`}</span>
        <label className="ml-auto flex items-center gap-1.5 whitespace-nowrap">
          <input
            type="checkbox"
            checked={ignoresWhiteSpace}
            onChange={(event) => setIgnoresWhiteSpace(event.currentTarget.checked)}
          />
          Without white space
        </label>
        {view.canSplit && (
          <fieldset aria-label="How the diff is shown" className="flex">
            <Button
              aria-pressed={view.type === 'unified'}
              className="rounded-r-none aria-pressed:bg-accent-wash"
              onClick={() => setView('unified')}
            >
              <Rows2 aria-hidden />
              Unified
            </Button>
            <Button
              aria-pressed={view.type === 'split'}
              className="rounded-l-none border-l-0 aria-pressed:bg-accent-wash"
              onClick={() => setView('split')}
            >
              <Columns2 aria-hidden />
              Side by side
            </Button>
          </fieldset>
        )}
        <a href={diffDownloadPath(id, wish)} download className={buttonClass('quiet')}>
          <Download aria-hidden />
          Download
        </a>
      </div>
      {diff.truncated && (
        <output className="bg-waiting-wash block rounded-md p-3">
          This diff is too large for the page: only its first 4 MiB are shown.{' '}
          <a href={diffDownloadPath(id, wish)} download className="text-accent underline">
            Download more of it
          </a>
        </output>
      )}
      {files.length === 0 ? (
        <p className="text-soft p-8 text-center">
          {ignoresWhiteSpace ? 'Nothing was changed but white space.' : 'Nothing was changed yet.'}
        </p>
      ) : (
        <FileList files={files} anchorOf={anchorOf} />
      )}
      {files.map((file, index) => (
        <FileCard
          key={keyOf(file)}
          id={id}
          anchor={anchorOf(index)}
          file={file}
          view={view.type}
          takesComments={takesComments}
          isOpen={isOpen(file)}
          onToggle={() => setToggled(new Map(toggled).set(keyOf(file), !isOpen(file)))}
        />
      ))}
    </section>
  );
}

function keyOf({ oldPath, newPath, type }: FileDiff): string {
  return `${type} ${oldPath} ${newPath}`;
}

function anchorOf(index: number): string {
  return `diff-file-${index + 1}`;
}
