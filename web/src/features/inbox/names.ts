import { useQuery } from '@tanstack/react-query';
import { q } from '@/api/query';
import { useMe } from '@/app/session';
import type { Connection, Me, Queue, Tag, TicketType, TransferTarget } from '@/lib/types';

const byId = <T extends { id: string }>(list: T[] | undefined) =>
  new Map(list?.map((item) => [item.id, item]));

export interface Person {
  id: string;
  name: string;
  photo_url?: string;
}

function namesOf(
  me: Me,
  queues: Queue[] | undefined,
  tags: Tag[] | undefined,
  types: TicketType[] | undefined,
  connections: Connection[] | undefined,
  targets: TransferTarget[] | undefined,
) {
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
}

type Registers = Parameters<typeof namesOf>;
let made: { from: Registers; names: ReturnType<typeof namesOf> } | undefined;

/** Every row and bubble asks; they share one answer until a register changes. */
function shared(...from: Registers) {
  const held = made;
  if (held && from.every((part, i) => part === held.from[i])) return held.names;
  const names = namesOf(...from);
  made = { from, names };
  return names;
}

/** Names and colours for the ids that tickets and messages carry. */
export function useNames() {
  const me = useMe();
  const { data: queues } = useQuery(q.queues);
  const { data: tags } = useQuery(q.tags);
  const { data: types } = useQuery(q.types);
  const { data: connections } = useQuery(q.connections);
  const { data: targets } = useQuery({ ...q.targets, staleTime: 5 * 60_000 });
  return shared(me, queues, tags, types, connections, targets);
}
