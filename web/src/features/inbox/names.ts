import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { q } from '@/api/query';
import { useMe } from '@/app/session';
import type { Connection, Queue, Tag, TicketType } from '@/lib/types';

const byId = <T extends { id: string }>(list: T[] | undefined) =>
  new Map(list?.map((item) => [item.id, item]));

export interface Person {
  id: string;
  name: string;
  photo_url?: string;
}

/** Names and colours for the ids that tickets and messages carry. */
export function useNames() {
  const me = useMe();
  const { data: queues } = useQuery(q.queues);
  const { data: tags } = useQuery(q.tags);
  const { data: types } = useQuery(q.types);
  const { data: connections } = useQuery(q.connections);
  const { data: targets } = useQuery({ ...q.targets, staleTime: 5 * 60_000 });
  return useMemo(() => {
    const queue = byId<Queue>(queues);
    const tag = byId<Tag>(tags);
    const type = byId<TicketType>(types);
    const connection = byId<Connection>(connections);
    const people = new Map<string, Person>([[me.id, me]]);
    for (const target of targets ?? [])
      for (const member of target.members)
        people.set(member.user_id, { id: member.user_id, name: member.name, photo_url: member.photo_url });
    return {
      queue: (id: string | null) => (id ? queue.get(id) : undefined),
      tag: (id: string) => tag.get(id),
      type: (id: string | null) => (id ? type.get(id) : undefined),
      connection: (id: string) => connection.get(id),
      user: (id: string | null): Person | undefined => (id ? people.get(id) : undefined),
    };
  }, [queues, tags, types, connections, targets, me]);
}
