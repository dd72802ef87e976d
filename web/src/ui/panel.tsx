import type { ComponentProps } from 'react';
import { classNames } from './class-names.ts';

/** A part of a page with an edge of its own. */
export function Panel({ className, ...rest }: ComponentProps<'section'>) {
  return <section {...rest} className={classNames('bg-surface border-line rounded-lg border', className)} />;
}
