import { useNow } from '../hooks/use-now.ts';
import { classNames } from '../ui/class-names.ts';
import type { Connection } from '../api/event-stream.ts';

const DOTS: Readonly<Record<Connection['state'], string>> = {
  connecting: 'bg-idle',
  catching_up: 'bg-waiting',
  live: 'bg-good',
  retrying: 'bg-waiting',
  gone: 'bg-bad',
  ended: 'bg-idle',
  refused: 'bg-bad',
};

/** What is true of the line to the service: it never says "live" while nobody is there. */
export function ConnectionBadge({ connection }: { readonly connection: Connection }) {
  const now = useNow();
  return (
    <span className="text-soft inline-flex items-center gap-1.5 text-xs whitespace-nowrap">
      <span className={classNames('size-2 rounded-full', DOTS[connection.state])} aria-hidden />
      <output>{textOf(connection)}</output>
      {'retryAt' in connection && (
        // Not part of what is announced: it changes each second.
        <span aria-hidden>, trying again in {secondsUntil(connection.retryAt, now)} s</span>
      )}
    </span>
  );
}

function textOf(connection: Connection): string {
  switch (connection.state) {
    case 'connecting':
      return 'connecting';
    case 'catching_up':
      return 'catching up';
    case 'live':
      return 'live';
    case 'retrying':
      return 'disconnected';
    case 'gone':
      return 'the service is gone';
    case 'ended':
      return 'ended';
    case 'refused':
      return connection.problem.message;
  }
}

function secondsUntil(at: number, now: number): number {
  return Math.max(0, Math.ceil((at - now) / 1_000));
}
