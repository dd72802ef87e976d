import { Check, Copy, Download } from 'lucide-react';
import { useMemo, useState } from 'react';
import { AgentText } from '../../../components/agent-text.tsx';
import { short } from '../../../components/format.ts';
import { plainText } from '../../../components/plain-text.ts';
import { Button } from '../../../ui/button.tsx';
import { piecesOf } from './pieces.ts';

interface LongTextProps {
  /** What it is, for those who hear the page. */
  readonly label: string;
  readonly text: string;
  readonly search: string;
  /** The name of the file that it is saved as. */
  readonly fileName: string;
}

/** A text of any length in a box of its own: a piece of it is rendered at a time. */
export function LongText({ label, text, search, fileName }: LongTextProps) {
  const pieces = useMemo(() => piecesOf(text), [text]);
  const [shown, setShown] = useState(1);
  const next = pieces[shown];
  return (
    <div className="border-line bg-surface mt-1 overflow-hidden rounded-md border">
      <div className="border-line bg-raised text-soft flex items-center gap-1 border-b px-2 py-0.5 font-sans text-xs">
        <span>{label}</span>
        <span aria-hidden>·</span>
        <span>{short(text.length)} characters</span>
        <span className="ml-auto flex">
          <CopyButton label={label} text={text} />
          <Button
            variant="quiet"
            className="!min-h-6 !px-1.5"
            aria-label={`Save: ${label}`}
            title="Save as a file"
            onClick={() => save(text, fileName)}
          >
            <Download aria-hidden />
          </Button>
        </span>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard */}
      <section aria-label={label} tabIndex={0} className="max-h-96 overflow-auto p-2">
        {pieces.slice(0, shown).map((piece) => (
          <pre key={piece.at} className="font-mono text-xs leading-5 [overflow-wrap:anywhere] whitespace-pre-wrap">
            <AgentText text={piece.text} search={search} />
          </pre>
        ))}
        {next && (
          <Button className="mt-2 font-sans" onClick={() => setShown(shown + 1)}>
            Show more ({short(text.length - next.at)} characters are left)
          </Button>
        )}
      </section>
    </div>
  );
}

function CopyButton({ label, text }: { readonly label: string; readonly text: string }) {
  const [copied, setCopied] = useState(false);
  // Browsers have it on loopback and with https only.
  if (!('clipboard' in navigator)) return null;
  const copy = async (): Promise<void> => {
    // Whoever pastes it into a terminal must not be the one who runs what an agent wrote.
    await navigator.clipboard.writeText(plainText(text));
    setCopied(true);
  };
  return (
    <Button
      variant="quiet"
      className="!min-h-6 !px-1.5"
      aria-label={copied ? `Copied: ${label}` : `Copy: ${label}`}
      title="Copy"
      onClick={() => void copy()}
    >
      {copied ? <Check aria-hidden /> : <Copy aria-hidden />}
    </Button>
  );
}

function save(text: string, fileName: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(url);
}
