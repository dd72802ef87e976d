import { ChevronRight, FilePlus, FileMinus, FilePen, FileSymlink, TriangleAlert } from 'lucide-react';
import { Suspense } from 'react';
import type { DiffType, ViewType } from 'react-diff-view';
import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import { count } from '../../../components/format.ts';
import { visibleText } from '../../../components/plain-text.ts';
import { lazyPart } from '../../../hooks/lazy-part.ts';
import { classNames } from '../../../ui/class-names.ts';
import { Button } from '../../../ui/button.tsx';
import { Panel } from '../../../ui/panel.tsx';
import type { FileDiff } from './file-diff.ts';

const FileHunks = lazyPart(async () => (await import('./file-hunks.tsx')).FileHunks);

const TYPES = {
  add: { symbol: FilePlus, word: 'added', style: 'text-good' },
  delete: { symbol: FileMinus, word: 'deleted', style: 'text-bad' },
  modify: { symbol: FilePen, word: 'changed', style: 'text-soft' },
  rename: { symbol: FileSymlink, word: 'moved', style: 'text-accent' },
  copy: { symbol: FileSymlink, word: 'copied', style: 'text-accent' },
} satisfies Record<DiffType, unknown>;

interface FileCardProps {
  readonly id: WorkOrderId;
  /** The id of its element, to be gone to. */
  readonly anchor: string;
  readonly file: FileDiff;
  readonly view: ViewType;
  /** Whether the agent can still be told something about a line. */
  readonly takesComments: boolean;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

/** One file of a diff, which folds. */
export function FileCard({ id, anchor, file, view, takesComments, isOpen, onToggle }: FileCardProps) {
  const { symbol: Symbol, word, style } = TYPES[file.type];
  const moved = file.type === 'rename' || file.type === 'copy';
  const path = visibleText(file.type === 'delete' ? file.oldPath : file.newPath);
  return (
    <Panel id={anchor} aria-label={path} tabIndex={-1} className="scroll-mt-16 overflow-hidden">
      <button
        type="button"
        aria-expanded={isOpen}
        className="bg-raised flex w-full flex-wrap items-center gap-x-2 gap-y-1 px-3 py-1.5 text-left"
        onClick={onToggle}
      >
        <ChevronRight className={classNames('size-4 shrink-0', isOpen && 'rotate-90')} aria-hidden />
        <Symbol className={classNames('size-4 shrink-0', style)} aria-hidden />
        <bdi className="min-w-0 font-mono text-xs font-medium break-all">
          {moved && <span className="text-soft font-normal">{visibleText(file.oldPath)} → </span>}
          {path}
        </bdi>
        <span className="text-soft text-xs">{word}</span>
        {file.modes && (
          <span className="text-soft font-mono text-xs">
            mode {file.modes[0]} → {file.modes[1]}
          </span>
        )}
        {file.isBinary && <span className="text-soft text-xs">binary</span>}
        {file.hidesCharacters && (
          <span className="text-waiting inline-flex items-center gap-1 text-xs font-medium">
            <TriangleAlert className="size-3.5" aria-hidden />
            has characters that one does not see
          </span>
        )}
        {file.added + file.removed > 0 && <Changes added={file.added} removed={file.removed} className="ml-auto" />}
      </button>
      {isOpen && (
        <div className="border-line border-t">
          {file.hunks.length === 0 ? (
            <p className="text-soft p-3">{emptiness(file)}</p>
          ) : (
            <Suspense fallback={<p className="text-soft p-3">Loading …</p>}>
              <FileHunks id={id} file={file} view={view} takesComments={takesComments} />
            </Suspense>
          )}
        </div>
      )}
      {!isOpen && file.hunks.length > 0 && (
        <Button variant="quiet" className="w-full" onClick={onToggle}>
          Show {count(file.added + file.removed, 'changed line')}
        </Button>
      )}
    </Panel>
  );
}

interface ChangesProps {
  readonly added: number;
  readonly removed: number;
  readonly className?: string;
}

/** How many lines came and went. */
export function Changes({ added, removed, className }: ChangesProps) {
  return (
    <span className={classNames('font-mono text-xs whitespace-nowrap tabular-nums', className)}>
      <span className="text-good">+{added}</span> <span className="text-bad">−{removed}</span>
    </span>
  );
}

function emptiness({ isBinary, type, modes }: FileDiff): string {
  if (isBinary) return 'A binary file: its lines cannot be shown.';
  if (type === 'rename') return 'Moved without a change.';
  if (type === 'copy') return 'Copied without a change.';
  if (modes) return 'Only its mode changed.';
  return 'An empty file.';
}
