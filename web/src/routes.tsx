import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { NotFound } from './components/not-found.tsx';
import { Shell } from './components/shell.tsx';
import { BoardPage } from './pages/board/board-page.tsx';
import { workOrderSearch } from './pages/work-order/search.ts';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

export const boardRoute = createRoute({ getParentRoute: () => root, path: '/', component: BoardPage });

const newWorkOrderRoute = createRoute({
  getParentRoute: () => root,
  path: '/new',
  component: lazyRouteComponent(() => import('./pages/new-work-order/new-work-order-page.tsx'), 'NewWorkOrderPage'),
});

const workOrderRoute = createRoute({
  getParentRoute: () => root,
  path: '/work-orders/$id',
  validateSearch: workOrderSearch,
  component: lazyRouteComponent(() => import('./pages/work-order/work-order-page.tsx'), 'WorkOrderPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([boardRoute, newWorkOrderRoute, workOrderRoute]),
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
