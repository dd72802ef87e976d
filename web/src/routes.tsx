import type { RouterHistory } from '@tanstack/react-router';
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { NotFound } from './components/not-found.tsx';
import { PageError } from './components/page-error.tsx';
import { Shell } from './components/shell.tsx';
import { BoardPage } from './pages/board/board-page.tsx';
import { workOrderSearch } from './pages/work-order/search.ts';
import { boardSearch } from './pages/board/board-search.ts';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const boardRoute = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: boardSearch,
  component: BoardPage,
});

const newWorkOrderRoute = createRoute({
  getParentRoute: () => root,
  path: '/new',
  validateSearch: ({ repository }: Readonly<Record<string, unknown>>): { readonly repository?: string } =>
    typeof repository === 'string' ? { repository } : {},
  component: lazyRouteComponent(() => import('./pages/new-work-order/new-work-order-page.tsx'), 'NewWorkOrderPage'),
});

const repositoriesRoute = createRoute({
  getParentRoute: () => root,
  path: '/known-repositories',
  component: lazyRouteComponent(() => import('./pages/repositories/repositories-page.tsx'), 'RepositoriesPage'),
});

const workOrderRoute = createRoute({
  getParentRoute: () => root,
  path: '/work-orders/$id',
  validateSearch: workOrderSearch,
  component: lazyRouteComponent(() => import('./pages/work-order/work-order-page.tsx'), 'WorkOrderPage'),
});

/** The pages at their addresses: those of the browser, unless a test has others. */
export function createPages(history?: RouterHistory) {
  return createRouter({
    routeTree: root.addChildren([boardRoute, newWorkOrderRoute, repositoriesRoute, workOrderRoute]),
    defaultPreload: 'intent',
    defaultErrorComponent: PageError,
    scrollRestoration: true,
    ...(history && { history }),
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPages>;
  }
}
