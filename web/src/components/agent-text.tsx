import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';
import type { TextStyle } from './plain-text.ts';
import { plainPieces } from './plain-text.ts';

const STYLES: Readonly<Record<TextStyle, string>> = {
  bold: 'font-semibold',
  dim: 'text-soft',
  red: 'text-bad',
  green: 'text-good',
  yellow: 'text-waiting',
  blue: 'text-accent',
  magenta: 'text-accent',
  cyan: 'text-accent',
};

interface AgentTextProps {
  readonly text: string;
  /** Marked wherever it stands in the text. */
  readonly search?: string;
}

/** Text that is not trusted, harmless: see `plainPieces`. It never changes the direction of what stands beside it. */
export function AgentText({ text, search = '' }: AgentTextProps) {
  return (
    <bdi>
      {plainPieces(text).map((piece) =>
        piece.placeholder === undefined ? (
          <span key={piece.at} className={classNames(piece.style && STYLES[piece.style])}>
            {marked(piece.text, search)}
          </span>
        ) : (
          <span key={piece.at} className="text-waiting bg-waiting-wash rounded-xs" title={piece.placeholder}>
            {piece.text}
          </span>
        ),
      )}
    </bdi>
  );
}

function marked(text: string, search: string): ReactNode {
  if (search === '') return text;
  const parts: ReactNode[] = [];
  const folded = folding(text);
  const wanted = folding(search);
  let at = 0;
  for (let found = folded.indexOf(wanted); found !== -1; found = folded.indexOf(wanted, at)) {
    parts.push(text.slice(at, found), <mark key={found}>{text.slice(found, found + wanted.length)}</mark>);
    at = found + wanted.length;
  }
  return parts.length === 0 ? text : [...parts, text.slice(at)];
}

/** As the service compares: A to Z alone, so that places in it are places in the text. */
function folding(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
