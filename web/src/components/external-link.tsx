import { ExternalLink as Symbol } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';

interface ExternalLinkProps {
  /** From a forge or an agent: anything but http and https is shown as text, not as a link. */
  readonly href: string;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A link out of the service, in a tab of its own. */
export function ExternalLink({ href, children, className }: ExternalLinkProps) {
  if (!/^https?:\/\//i.test(href)) return <span className={className}>{children}</span>;
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer"
      className={classNames('text-accent inline-flex items-center gap-1 hover:underline', className)}
    >
      {children}
      <Symbol className="size-3.5 shrink-0" aria-label="(opens in a new tab)" />
    </a>
  );
}
