import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider, createMemoryHistory, createRootRoute, createRouter } from '@tanstack/react-router';
import { render } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { createPages } from '../routes.tsx';

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

/** The whole page at an address, as a person has it before them. */
export function renderAddress(address: string) {
  const router = createPages(createMemoryHistory({ initialEntries: [address] }));
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const rendered = render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { ...rendered, router, user: userEvent.setup() };
}
