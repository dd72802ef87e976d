import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider, createMemoryHistory, createRootRoute, createRouter } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';

interface Rendering {
  /** What answers are there already, by their key; nothing is asked for again. */
  readonly answers?: readonly (readonly [key: readonly unknown[], answer: unknown])[];
}

/** A component with what stands around every one of them: an address, and a keeper of answers. */
export function renderPage(Page: () => ReactNode, { answers = [] }: Rendering = {}) {
  const queries = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
  for (const [key, answer] of answers) queries.setQueryData(key, answer);
  const router = createRouter({
    routeTree: createRootRoute({ component: Page }),
    history: createMemoryHistory({ initialEntries: ['/'] }),
  });
  return render(
    <QueryClientProvider client={queries}>
      <RouterProvider<typeof router> router={router} />
    </QueryClientProvider>,
  );
}
