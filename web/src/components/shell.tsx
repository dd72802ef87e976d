import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { healthQuery } from '../api/health.ts';
import { session } from '../api/session.ts';
import { buttonClass } from '../ui/button.tsx';
import { SignIn } from './sign-in.tsx';

/** What stands around every page. */
export function Shell() {
  const locked = useSyncExternalStore(session.subscribe, session.isLocked);
  if (locked) return <SignIn />;
  return (
    <>
      <a href="#content" className="bg-accent-fill sr-only z-50 p-2 text-white focus:not-sr-only focus:fixed">
        To the content
      </a>
      <header className="border-line bg-surface sticky top-0 z-30 border-b">
        <div className="mx-auto flex h-12 max-w-7xl items-center gap-4 px-4">
          <Link to="/" className="flex items-center gap-2 font-semibold">
            <img src="/icon.svg" alt="" className="size-6" />
            <span>Agent Work Orders</span>
          </Link>
          <nav aria-label="Pages" className="text-soft ml-auto flex items-center gap-3">
            <a href="/docs" className="hover:text-ink">
              API
            </a>
            <Link to="/new" className={buttonClass('primary')}>
              <Plus aria-hidden />
              New
            </Link>
          </nav>
        </div>
      </header>
      <DegradedNotice />
      <main id="content" tabIndex={-1} className="mx-auto max-w-7xl p-4 outline-none">
        <Outlet />
      </main>
    </>
  );
}

/** The service goes on while its store refuses to write; whoever looks has to know. */
function DegradedNotice() {
  const { data: health } = useQuery(healthQuery());
  if (health?.status !== 'degraded') return null;
  return (
    <div role="alert" className="bg-waiting-wash border-line border-b px-4 py-2 text-center">
      <span className="text-waiting font-medium">The service is degraded: </span>
      {health.reasons?.join(' ') ?? 'it does not say why.'}
    </div>
  );
}
