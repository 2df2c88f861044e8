import { queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import { queryClient } from '@/api/query';
import type { SimChat, SimMessage, SimSend } from '@/lib/types';

// The simulator has no stream of its own: the phone looks often.
const LOOK = 1500;

export const simConnections = queryOptions({
  queryKey: ['sandbox', 'connections'],
  queryFn: () => ok(api.GET('/api/v1/sandbox/connections')).then((a) => a.items),
});

export const chats = (connection: string) =>
  queryOptions({
    queryKey: ['sandbox', 'chats', connection],
    queryFn: () =>
      ok(api.GET('/api/v1/sandbox/chats', { params: { query: { limit: 100, connection } } })).then(
        (a) => a.items,
      ),
    enabled: connection !== '',
    refetchInterval: LOOK * 2,
  });

export const chatMessages = (chat: string) =>
  queryOptions({
    queryKey: ['sandbox', 'messages', chat],
    queryFn: () =>
      ok(
        api.GET('/api/v1/sandbox/chats/{id}/messages', {
          params: { path: { id: chat }, query: { limit: 100 } },
        }),
      ).then((a) => a.items.reverse()),
    enabled: chat !== '',
    refetchInterval: LOOK,
  });

export const chatMessagesKey = (chat: string) => ['sandbox', 'messages', chat];

/** Looks again now, instead of with the next round. */
export const look = () => queryClient.invalidateQueries({ queryKey: ['sandbox'] });

export async function sendAs(chat: SimChat, body: SimSend): Promise<SimMessage> {
  const made = await ok(
    api.POST('/api/v1/sandbox/chats/{id}/messages', { params: { path: { id: chat.id } }, body }),
  );
  void look();
  return made;
}
