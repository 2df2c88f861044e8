import { i18n, useT } from '@/i18n';
import { time } from '@/lib/format';
import type { LogEntry } from '@/lib/types';
import { useNames } from '../names';

/** A thin line: who did what, and when. */
export function EventLine({ event }: { event: LogEntry }) {
  return (
    <div className="ev">
      <span>
        <EventText event={event} /> · {time(event.at)}
      </span>
    </div>
  );
}

export function EventText({ event }: { event: LogEntry }) {
  const t = useT();
  const names = useNames();
  const data = event.data as Record<string, unknown>;
  const id = (key: string) => (typeof data[key] === 'string' ? data[key] : null);
  const who =
    event.actor.name ||
    (event.actor.kind === 'contact' ? t('actor.contact') : t(`actor.${event.actor.kind}`));
  const queue = names.queue(id('queue_id') ?? id('queue'))?.name;
  const agent = names.user(id('user_id') ?? id('user'))?.name;
  const place = [queue, agent].filter(Boolean).join(' · ');
  const started = event.type === 'ticket.created' && event.actor.kind === 'user';
  const key = started ? 'event.ticket.started' : `event.${event.type}`;
  return (
    <>
      {event.actor.kind === 'user' && event.actor.name && <b>{event.actor.name} </b>}
      {i18n.exists(key) ? i18n.t(key as 'event.ticket.created', { who }) : event.type}
      {place && ` · ${place}`}
    </>
  );
}
