import { visibleText } from '../../../components/plain-text.ts';
import { Panel } from '../../../ui/panel.tsx';
import { Changes } from './file-card.tsx';
import type { FileDiff } from './file-diff.ts';

interface FileListProps {
  readonly files: readonly FileDiff[];
  readonly anchorOf: (index: number) => string;
}

/** The files of a diff, to go to one of them. */
export function FileList({ files, anchorOf }: FileListProps) {
  if (files.length < 2) return null;
  return (
    <Panel aria-label="Changed files">
      <ul className="max-h-56 overflow-y-auto p-1">
        {files.map((file, index) => (
          <li key={anchorOf(index)}>
            <button
              type="button"
              className="hover:bg-raised flex w-full items-center gap-3 rounded px-2 py-0.5 text-left"
              onClick={() => {
                const card = document.getElementById(anchorOf(index));
                card?.scrollIntoView();
                card?.focus({ preventScroll: true });
              }}
            >
              <bdi className="min-w-0 flex-1 truncate font-mono text-xs">
                {visibleText(file.type === 'delete' ? file.oldPath : file.newPath)}
              </bdi>
              <Changes added={file.added} removed={file.removed} />
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
