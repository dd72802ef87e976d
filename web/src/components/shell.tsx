import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { Plus, Search } from 'lucide-react';
import { Suspense, useEffect, useState, useSyncExternalStore } from 'react';
import { healthQuery } from '../api/health.ts';
import { session } from '../api/session.ts';
import { needsYouQuery } from '../api/work-orders.ts';
import { lazyPart } from '../hooks/lazy-part.ts';
import { useShownFrame } from '../hooks/use-page-frame.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { ConnectionBadge } from './connection-badge.tsx';
import { SignIn } from './sign-in.tsx';

const PRODUCT = 'Agent Work Orders';
const KEY = /Mac|iP(?:hone|ad)/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K';

/** Not part of the first view, but loaded soon after it. */
const PRELOAD_MS = 1_000;
const loadPalette = () => import('./palette.tsx').then(({ Palette }) => Palette);
const Palette = lazyPart(loadPalette);

/** What stands around every page. */
export function Shell() {
  const locked = useSyncExternalStore(session.subscribe, session.isLocked);
  return locked ? <SignIn /> : <Frame />;
}

function Frame() {
  const { title, connection, needsYou } = useShownFrame();
  const { data: asked } = useQuery({ ...needsYouQuery(), enabled: needsYou === undefined });
  useDocumentTitle(title, needsYou ?? asked ?? 0);
  return (
    <>
      <a href="#content" className="bg-accent-fill sr-only z-50 p-2 text-white focus:not-sr-only focus:fixed">
        To the content
      </a>
      <header className="border-line bg-surface sticky top-0 z-30 border-b">
        <div className="mx-auto flex h-12 max-w-7xl items-center gap-3 px-4 sm:gap-4">
          <Link to="/" className="flex items-center gap-2 font-semibold whitespace-nowrap">
            <img src="/icon.svg" alt="" className="size-6" />
            <span className="max-sm:sr-only">Agent Work Orders</span>
          </Link>
          {connection && <ConnectionBadge connection={connection} />}
          <nav aria-label="Pages" className="text-soft ml-auto flex items-center gap-1 sm:gap-3">
            <PaletteButton />
            <Link to="/known-repositories" className="hover:text-ink rounded p-1 max-sm:hidden">
              Repositories
            </Link>
            <a href="/docs" className="hover:text-ink rounded p-1 max-sm:hidden">
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

/** In a row of tabs one sees where somebody has to do something. */
function useDocumentTitle(title: string | null, needsYou: number): void {
  useEffect(() => {
    const name = title === null ? PRODUCT : `${title} · ${PRODUCT}`;
    document.title = needsYou === 0 ? name : `(${needsYou}) ${name}`;
  }, [title, needsYou]);
}

/** Opens the palette; so do Ctrl-K and Cmd-K, wherever one is. */
function PaletteButton() {
  // Unknown until it is wanted for the first time; closed, it stays there to give the focus back.
  const [open, setOpen] = useState<boolean | null>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      setOpen((isOpen) => !isOpen);
    };
    window.addEventListener('keydown', onKey);
    // Who presses the keys and writes on at once is heard: its code is there by then.
    const preload = setTimeout(() => void loadPalette().catch(() => undefined), PRELOAD_MS);
    return () => {
      clearTimeout(preload);
      window.removeEventListener('keydown', onKey);
    };
  }, []);
  return (
    <>
      <Button variant="quiet" onClick={() => setOpen(true)} aria-keyshortcuts="Control+K Meta+K">
        <Search aria-hidden />
        <span className="max-sm:sr-only">Find</span>
        <kbd className="border-line rounded border px-1 font-sans text-xs max-sm:hidden" aria-hidden>
          {KEY}
        </kbd>
      </Button>
      {open !== null && (
        <Suspense>
          <Palette open={open} onOpenChange={setOpen} />
        </Suspense>
      )}
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
