import { useNow } from '../hooks/use-now.ts';
import { ago } from './format.ts';

/** How long ago something was, and the exact time on demand. */
export function Ago({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={new Date(at).toLocaleString()}>
      {ago(at, useNow())}
    </time>
  );
}
