import { queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import { queryClient } from '@/api/query';
import type { SimSend } from '@/lib/types';

// The simulator tells nothing by the stream: its phone asks.
const OPEN = 1200;
const LIST = 2000;

export const sim = {
  connections: queryOptions({
    queryKey: ['sim', 'connections'],
    queryFn: () => ok(api.GET('/api/v1/sandbox/connections')).then((a) => a.items),
    staleTime: 5000,
  }),
  chats: (connection: string) =>
    queryOptions({
      queryKey: ['sim', 'chats', connection],
      queryFn: () => ok(api.GET('/api/v1/sandbox/chats', { params: { query: { connection, limit: 100 } } })).then((a) => a.items),
      refetchInterval: LIST,
      enabled: connection !== '',
    }),
  messages: (chat: string) =>
    queryOptions({
      queryKey: ['sim', 'messages', chat],
      queryFn: () => ok(api.GET('/api/v1/sandbox/chats/{id}/messages', { params: { path: { id: chat }, query: { limit: 100 } } })).then((a) => [...a.items].reverse()),
      refetchInterval: OPEN,
    }),
};

export async function sendAs(chat: string, body: SimSend): Promise<void> {
  await ok(api.POST('/api/v1/sandbox/chats/{id}/messages', { params: { path: { id: chat } }, body }));
  void queryClient.invalidateQueries({ queryKey: ['sim', 'messages', chat] });
  void queryClient.invalidateQueries({ queryKey: ['sim', 'chats'] });
}
