import { isValidElement } from 'react';
import type { ReactNode } from 'react';
import ReactMarkdown from 'react-markdown';
import type { Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { visibleText } from './plain-text.ts';

/** Where a link of a text that is not trusted may lead. */
const LINK = /^https?:\/\//i;

const COMPONENTS: Components = {
  a: ({ href, children }) => <Outward address={href}>{children}</Outward>,
  // Loading it would tell somebody that it is read.
  img: ({ src, alt }) => (
    <Outward address={typeof src === 'string' ? src : undefined}>{`image: ${alt || src || 'without a name'}`}</Outward>
  ),
  // A task of a list.
  input: ({ checked }) => <input type="checkbox" aria-label={checked ? 'done' : 'open'} checked={checked} disabled />,
  // A wide one scrolls by itself, which has to be possible by keyboard.
  table: ({ children }) => <Scrolling label="Table">{<table>{children}</table>}</Scrolling>,
  pre: ({ children }) => <Scrolling label={codeLabel(children)}>{<pre>{children}</pre>}</Scrolling>,
};

/** A Markdown text of an agent: no HTML, no images, links to the web alone. */
export function Markdown({ text }: { readonly text: string }) {
  return (
    <div className="prose-plain" dir="auto">
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={COMPONENTS} urlTransform={(url) => url}>
        {visibleText(text)}
      </ReactMarkdown>
    </div>
  );
}

function Outward({ address, children }: { readonly address: string | undefined; readonly children: ReactNode }) {
  if (address === undefined || !LINK.test(address)) return <span title={address}>{children}</span>;
  return (
    <a href={address} target="_blank" rel="noreferrer" title={address}>
      {children}
    </a>
  );
}

function Scrolling({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard
    <section aria-label={label} tabIndex={0} className="overflow-x-auto">
      {children}
    </section>
  );
}

function codeLabel(children: ReactNode): string {
  const className = isValidElement<{ readonly className?: string }>(children) ? children.props.className : undefined;
  return className ? `Code, ${className.replace('language-', '')}` : 'Code';
}
