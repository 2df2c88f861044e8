import { q, queryClient } from '@/api/query';
import { dropTicket, takeTicket } from '@/features/inbox/lists';
import { mergeEvent, mergeMessage, mergeWaiting, type Stretch } from '@/features/inbox/timeline';
import type { Connection, Message, Notification, StreamFrame } from '@/lib/types';
import { takeNotification } from '@/features/frame/notices';
import { noteFrame } from './journal';

/** Puts a message of a frame or an answer into what is cached of its ticket. */
export function takeMessage(message: Message): void {
  if (!message.ticket_id) return;
  queryClient.setQueryData<Stretch>(
    ['timeline', message.ticket_id],
    (held) => held && mergeMessage(held, message),
  );
  queryClient.setQueryData<Message[]>(
    ['waiting', message.ticket_id],
    (line) => line && mergeWaiting(line, message),
  );
}

const registers: Record<string, string[]> = {
  users: ['users', 'transfer-targets', 'me'],
  teams: ['teams', 'users', 'me'],
  queues: ['queues', 'transfer-targets'],
  connections: ['connections'],
  templates: ['templates'],
  contacts: ['contacts', 'contact'],
  tags: ['tags'],
  'ticket-types': ['ticket-types'],
  settings: ['settings'],
  account: ['account', 'me'],
};

/** The part of a frame that changes what is cached; taking it twice does no harm. */
export function takeFrame(frame: StreamFrame): void {
  switch (frame.type) {
    case 'ticket.added':
    case 'ticket.updated':
      takeTicket(frame.ticket);
      break;
    case 'ticket.removed':
      dropTicket(frame.ticket_id, frame.version);
      break;
    case 'message.created':
    case 'message.updated':
      takeMessage(frame.message);
      break;
    case 'event.created': {
      const event = frame.item.event;
      if (event)
        queryClient.setQueryData<Stretch>(
          ['timeline', frame.ticket_id],
          (held) => held && mergeEvent(held, event),
        );
      break;
    }
    case 'counters':
      queryClient.setQueryData(q.counters.queryKey, frame.counters);
      break;
    case 'connection.state':
      queryClient.setQueryData<Connection[]>(q.connections.queryKey, (held) =>
        held?.map((c) =>
          c.id === frame.connection_id ? { ...c, state: frame.state, state_reason: frame.state_reason } : c,
        ),
      );
      break;
  }
}

export function applyFrame(
  frame: StreamFrame,
  on: { notice: (n: Notification) => void; ended: () => void },
): void {
  switch (frame.type) {
    case 'presence':
      void queryClient.invalidateQueries({ queryKey: ['transfer-targets'] });
      break;
    case 'notification':
      takeNotification(frame.notification);
      on.notice(frame.notification);
      break;
    case 'register.changed':
      for (const key of registers[frame.noun] ?? []) void queryClient.invalidateQueries({ queryKey: [key] });
      break;
    case 'scope.changed':
    case 'resync':
      void queryClient.invalidateQueries();
      break;
    case 'session.ended':
      on.ended();
      break;
    default:
      noteFrame(frame);
      takeFrame(frame);
  }
}
