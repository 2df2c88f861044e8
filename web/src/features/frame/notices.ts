import { infiniteQueryOptions, type InfiniteData } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import type { Me, Notification } from '@/lib/types';

interface Notices {
  items: Notification[];
  next?: string | null;
  unseen: number;
}

export const notices = infiniteQueryOptions({
  queryKey: ['notifications'],
  queryFn: ({ pageParam }) =>
    ok(
      api.GET('/api/v1/me/notifications', {
        params: { query: { cursor: pageParam || undefined } },
      }),
    ),
  initialPageParam: '',
  getNextPageParam: (last) => last.next ?? undefined,
});

const most = 100;

export function takeNotification(notice: Notification): void {
  queryClient.setQueryData<InfiniteData<Notices, string>>(notices.queryKey, (held) => {
    const first = held?.pages[0];
    if (!held || !first || held.pages.some((p) => p.items.some((n) => n.id === notice.id))) return held;
    return { ...held, pages: [{ ...first, items: [notice, ...first.items] }, ...held.pages.slice(1)] };
  });
  queryClient.setQueryData<Me>(q.me.queryKey, (me) =>
    me
      ? { ...me, unseen_notifications: Math.min(most, me.unseen_notifications + (notice.seen ? 0 : 1)) }
      : me,
  );
}

export async function markSeen(newest: string): Promise<void> {
  queryClient.setQueryData<Me>(q.me.queryKey, (me) => (me ? { ...me, unseen_notifications: 0 } : me));
  await ok(api.POST('/api/v1/me/notifications/seen', { body: { id: newest } })).catch(() => undefined);
  void queryClient.invalidateQueries({ queryKey: notices.queryKey });
}
