import { useEffect, useMemo, useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { ChangeData, HunkTokens, ViewType } from 'react-diff-view';
import { Decoration, Diff, Hunk, getChangeKey, isDelete, isNormal, markEdits, tokenize } from 'react-diff-view';
import type { WorkOrderId } from '../../../../../src/domain/ids.ts';
import { count } from '../../../components/format.ts';
import { visibleText } from '../../../components/plain-text.ts';
import { Button } from '../../../ui/button.tsx';
import type { FileDiff } from './file-diff.ts';
import { highlighter, languageOf } from './languages.ts';
import type { CommentedLine } from './line-comment.tsx';
import { LineComment } from './line-comment.tsx';
import { linesIn, takeLines } from './take-lines.ts';
import 'react-diff-view/style/index.css';
import './diff.css';

/** So many lines are rendered at a time. */
const LINES = 1_000;
/** Beyond this many characters the colours would take longer than the reading. */
const MAX_COLOURED = 200_000;

interface FileHunksProps {
  readonly id: WorkOrderId;
  readonly file: FileDiff;
  readonly view: ViewType;
  /** Whether the agent can still be told something about a line. */
  readonly takesComments: boolean;
}

/** The lines of one file. They are there at once; their colours follow. */
export function FileHunks({ id, file, view, takesComments }: FileHunksProps) {
  const [lines, setLines] = useState(LINES);
  const hunks = useMemo(() => takeLines(file.hunks, lines), [file, lines]);
  const [coloured, setColoured] = useState<{ readonly hunks: unknown; readonly tokens: HunkTokens | null } | null>(
    null,
  );
  useEffect(() => {
    const timer = setTimeout(() => setColoured({ hunks, tokens: tokensOf(file.newPath, hunks) }));
    return () => clearTimeout(timer);
  }, [file, hunks]);
  const [commented, setCommented] = useState<ChangeData | null>(null);
  const close = (): void => setCommented(null);
  const missing = linesIn(file.hunks) - lines;
  return (
    <>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the arrow keys go from line to line */}
      <section
        aria-label={`Lines of ${visibleText(file.newPath)}`}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it is wider than a phone, and scrolls
        tabIndex={0}
        className="overflow-x-auto"
        onKeyDown={moveAmongLines}
      >
        <Diff
          diffType={file.type}
          viewType={view}
          hunks={hunks}
          tokens={coloured?.hunks === hunks ? coloured.tokens : null}
          widgets={
            commented
              ? {
                  [getChangeKey(commented)]: (
                    <LineComment id={id} at={commentedLine(file, commented)} onClose={close} />
                  ),
                }
              : {}
          }
          renderGutter={({ change, side, renderDefault }) =>
            takesComments && side === (isDelete(change) ? 'old' : 'new') ? (
              <button
                type="button"
                className="diff-line-button"
                tabIndex={change === hunks[0]?.changes[0] ? 0 : -1}
                aria-label={`Write to the agent about line ${numberOf(change)}`}
                title="Write to the agent about this line"
                onClick={() => setCommented(change)}
              >
                {renderDefault()}
              </button>
            ) : (
              renderDefault()
            )
          }
        >
          {(shown) =>
            shown.flatMap((hunk) => [
              <Decoration key={`head ${hunk.content}`}>
                <span className="diff-hunk-head">{visibleText(hunk.content)}</span>
              </Decoration>,
              <Hunk key={hunk.content} hunk={hunk} />,
            ])
          }
        </Diff>
      </section>
      {missing > 0 && (
        <div className="border-line border-t p-2">
          <Button onClick={() => setLines(lines + LINES)}>
            Show more ({count(missing, 'line is', 'lines are')} left)
          </Button>
        </div>
      )}
    </>
  );
}

/** One stop for the tabulator; the arrow keys go on from there. */
function moveAmongLines(event: KeyboardEvent<HTMLDivElement>): void {
  const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('.diff-line-button')];
  const at = buttons.findIndex((button) => button === document.activeElement);
  if (by === 0 || at === -1) return;
  event.preventDefault();
  buttons[at + by]?.focus();
}

function numberOf(change: ChangeData): number {
  return isNormal(change) ? change.newLineNumber : change.lineNumber;
}

function commentedLine({ oldPath, newPath }: FileDiff, change: ChangeData): CommentedLine {
  const isRemoved = isDelete(change);
  return { path: isRemoved ? oldPath : newPath, line: numberOf(change), text: change.content, isRemoved };
}

/** Null where there are no colours: the text is shown as it is then. */
function tokensOf(path: string, hunks: ReturnType<typeof takeLines>): HunkTokens | null {
  const characters = hunks.reduce(
    (sum, { changes }) => sum + changes.reduce((length, { content }) => length + content.length, 0),
    0,
  );
  if (characters > MAX_COLOURED) return null;
  const enhancers = [markEdits(hunks, { type: 'block' })];
  const language = languageOf(path);
  try {
    return language === null
      ? tokenize(hunks, { enhancers })
      : tokenize(hunks, { enhancers, highlight: true, refractor: highlighter, language });
  } catch {
    // Grammars are made for files that are whole; a part of one may be too much for them.
    return null;
  }
}
