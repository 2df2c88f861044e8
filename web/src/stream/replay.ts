import type { Query, QueryClient, QueryKey } from '@tanstack/react-query';
import type { StreamFrame } from '@/lib/types';
import { takeFrame } from './apply';
import { beginReading, endReading, type Reading } from './journal';

const ticket = ['ticket.added', 'ticket.updated', 'ticket.removed'] as const;
const message = ['message.created', 'message.updated'] as const;

/** What the stream keeps up to date, and with which frames. */
const fed: Record<string, readonly StreamFrame['type'][]> = {
  tickets: ticket,
  ticket,
  timeline: [...message, 'event.created'],
  waiting: message,
  counters: ['counters'],
  connections: ['connection.state'],
};

function replay(client: QueryClient, key: QueryKey, { frames }: Reading): void {
  if (!frames) {
    void client.invalidateQueries({ queryKey: key, exact: true });
    return;
  }
  const types = fed[String(key[0])] ?? [];
  for (const frame of frames) if (types.includes(frame.type)) takeFrame(frame);
}

/** Reads, puts the answer into the cache and then what the stream told meanwhile. */
export async function readBeside<T>(
  client: QueryClient,
  key: QueryKey,
  read: () => Promise<T>,
  put: (answer: T) => void,
): Promise<void> {
  const reading = beginReading();
  try {
    put(await read());
    replay(client, key, reading);
  } finally {
    endReading(reading);
  }
}

/** Does the same for every query that the stream feeds. */
export function watchAnswers(client: QueryClient): () => void {
  const readings = new Map<Query, Reading>();
  const end = (query: Query) => {
    const reading = readings.get(query);
    if (!reading) return undefined;
    readings.delete(query);
    endReading(reading);
    return reading;
  };
  return client.getQueryCache().subscribe((event) => {
    const { query } = event;
    if (event.type === 'removed') end(query);
    if (event.type !== 'updated' || !(String(query.queryKey[0]) in fed)) return;
    if (event.action.type === 'fetch') {
      end(query);
      readings.set(query, beginReading());
    } else if (query.state.fetchStatus === 'idle') {
      const reading = end(query);
      if (reading && event.action.type === 'success') replay(client, query.queryKey, reading);
    }
  });
}
