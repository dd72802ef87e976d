import { Button } from '../ui/button.tsx';

/** In place of a page that cannot be shown: a mistake of ours, or a service that was updated meanwhile. */
export function PageError({ error }: { readonly error: unknown }) {
  return (
    <div role="alert" className="mx-auto max-w-xl py-20 text-center">
      <h1 className="mb-2 text-lg font-semibold">This page cannot be shown</h1>
      <p className="text-soft mb-4 leading-relaxed">
        The service may be a newer one than this page; loading it again helps then. Nothing of the history is lost.
      </p>
      <p className="text-soft mb-5 font-mono text-xs break-words">
        {error instanceof Error ? error.message : String(error)}
      </p>
      <Button variant="primary" onClick={() => window.location.reload()}>
        Load it again
      </Button>
    </div>
  );
}
