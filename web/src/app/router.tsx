import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ApiError } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { Frame } from '@/features/frame/Frame';
import { InboxPage } from '@/features/inbox/InboxPage';
import { Missing, NotFound } from './Missing';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const login = createRoute({
  getParentRoute: () => root,
  path: '/entrar',
  component: lazyRouteComponent(() => import('@/features/session/Login'), 'Login'),
  // Named even where it is refused: what is left out would pass unchecked.
  validateSearch: ({ next }: Record<string, unknown>): { next?: string | undefined } => ({
    next: typeof next === 'string' && /^\/(?![/\\]|entrar\b)/.test(next) ? next : undefined,
  }),
  beforeLoad: async () => {
    const setup = await queryClient.ensureQueryData(q.setup).catch(() => null);
    if (setup?.needed) throw redirect({ to: '/comecar' });
  },
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/comecar',
  component: lazyRouteComponent(() => import('@/features/session/Setup'), 'Setup'),
  beforeLoad: async () => {
    const state = await queryClient.ensureQueryData(q.setup);
    if (!state.needed) throw redirect({ to: '/entrar' });
  },
});

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: Frame,
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(q.me);
    } catch (error) {
      // Without a connection the frame shows itself and tries again.
      if (error instanceof ApiError && error.status === 401)
        throw redirect({ to: '/entrar', search: location.href === '/' ? {} : { next: location.href } });
      throw error;
    }
  },
  errorComponent: Missing,
});

export type Tab = 'open' | 'pending' | 'closed';
export interface InboxSearch {
  tab?: Tab;
  /** The message to show, of a search hit. */
  m?: string;
}

const home = createRoute({
  getParentRoute: () => frame,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/atendimentos' });
  },
});

const inboxSearch = (search: Record<string, unknown>): InboxSearch => ({
  ...(search.tab === 'pending' || search.tab === 'closed' ? { tab: search.tab } : {}),
  ...(typeof search.m === 'string' ? { m: search.m } : {}),
});

const inbox = createRoute({
  getParentRoute: () => frame,
  path: '/atendimentos',
  component: InboxPage,
  validateSearch: inboxSearch,
});

const ticket = createRoute({ getParentRoute: () => inbox, path: '$ticketId', component: () => null });

const start = createRoute({
  getParentRoute: () => frame,
  path: '/inicio',
  component: lazyRouteComponent(() => import('@/features/session/Checklist'), 'Checklist'),
});
const contacts = createRoute({
  getParentRoute: () => frame,
  path: '/contatos',
  component: lazyRouteComponent(() => import('@/features/contacts/ContactsPage'), 'ContactsPage'),
});
const connections = createRoute({
  getParentRoute: () => frame,
  path: '/conexoes',
  component: lazyRouteComponent(
    () => import('@/features/admin/connections/ConnectionsPage'),
    'ConnectionsPage',
  ),
});
const queues = createRoute({
  getParentRoute: () => frame,
  path: '/filas',
  component: lazyRouteComponent(() => import('@/features/admin/QueuesPage'), 'QueuesPage'),
});
const team = createRoute({
  getParentRoute: () => frame,
  path: '/equipe',
  component: lazyRouteComponent(() => import('@/features/admin/team/TeamPage'), 'TeamPage'),
});
const templates = createRoute({
  getParentRoute: () => frame,
  path: '/modelos',
  component: lazyRouteComponent(() => import('@/features/admin/templates/TemplatesPage'), 'TemplatesPage'),
});
const settings = createRoute({
  getParentRoute: () => frame,
  path: '/configuracoes',
  component: lazyRouteComponent(() => import('@/features/admin/settings/SettingsPage'), 'SettingsPage'),
});
const sandbox = createRoute({
  getParentRoute: () => frame,
  path: '/sandbox',
  component: lazyRouteComponent(() => import('@/features/sandbox/SandboxPage'), 'SandboxPage'),
});

const tree = root.addChildren([
  login,
  setup,
  frame.addChildren([
    home,
    inbox.addChildren([ticket]),
    start,
    contacts,
    connections,
    queues,
    team,
    templates,
    settings,
    sandbox,
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 30_000,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** Counts the search hits gone to, so that the same one can be gone to again. */
    sought?: number;
  }

  interface Register {
    router: typeof router;
  }
}
