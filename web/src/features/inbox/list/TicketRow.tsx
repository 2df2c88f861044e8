import { IconAlarm, IconClock, IconClockHour5, IconHourglassHigh } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { memo, type AnchorHTMLAttributes, type MouseEvent } from 'react';
import type { Tab } from '@/app/router';
import { formatPhone } from '@/lib/phone';
import { useT } from '@/i18n';
import { useNow } from '@/lib/clock';
import { elapsed, shortTime } from '@/lib/format';
import { countdown, waitLevel, windowLeft, windowState } from '@/lib/window';
import type { Ticket } from '@/lib/types';
import { ChannelIcon } from '@/ui/ChannelIcon';
import { Avatar, Dot, Hidden, QueueName, TagChip } from '@/ui/parts';
import { useNames } from '../names';
import { Preview } from './Preview';
import { acceptTicket } from '../actions';

const levels = { calm: '', warn: ' y', late: ' r' };
const SHOWN_TAGS = 2;

/** One row: a link to the conversation, with Aceitar beside it where she may. */
export const TicketRow = memo(function TicketRow({
  ticket,
  tab,
  selected,
}: {
  ticket: Ticket;
  tab?: Tab;
  selected: boolean;
}) {
  const t = useT();
  const names = useNames();
  const now = useNow();
  const queue = names.queue(ticket.queue_id);
  const agent = ticket.user_id ? names.user(ticket.user_id) : undefined;
  const connection = names.connection(ticket.connection_id);
  const unread = ticket.unread > 0;
  const accept = ticket.status === 'pending' && ticket.can.includes('accept');
  const state = ticket.status === 'closed' ? 'none' : windowState(ticket, now);
  const short = state === 'short' && (
    <span className="chip xs warn">
      <IconHourglassHigh size={11} />
      {countdown(windowLeft(ticket, now))}
    </span>
  );
  return (
    <>
      <RowLink
        id={ticket.id}
        tab={tab}
        className={`tk${selected ? ' sel' : ''}${unread ? ' un' : ''}`}
        aria-current={selected ? 'true' : undefined}
        data-ticket={ticket.number}
      >
        <Avatar
          id={ticket.contact.id}
          name={ticket.contact.name}
          photo={ticket.contact.photo_url}
          badge={<ChannelIcon kind={connection?.kind ?? 'whatsapp_official'} />}
        />
        <span className="grow">
          <span className="l1">
            <span className="nm trunc grow">{formatPhone(ticket.contact.name)}</span>
            <Age ticket={ticket} now={now} />
          </span>
          <span className="l2">
            {queue && (
              <span className="l2dot">
                <Dot c={queue.color} />
              </span>
            )}
            <Preview ticket={ticket} />
            {short && <span className="l2win">{short}</span>}
            {unread && (
              <span className="count">
                {ticket.unread}
                <Hidden>{t('list.unread', { count: ticket.unread })}</Hidden>
              </span>
            )}
          </span>
          <span className="l3">
            {queue && <QueueName name={queue.name} c={queue.color} />}
            {ticket.tags.slice(0, SHOWN_TAGS).map((id) => {
              const tag = names.tag(id);
              return tag && <TagChip key={id} name={tag.name} c={tag.color} />;
            })}
            <span className="grow" />
            {short}
            {agent && !accept && <Avatar id={agent.id} name={agent.name} size={18} title={agent.name} />}
          </span>
        </span>
      </RowLink>
      {accept && (
        <button type="button" className="btn p s accept" onClick={() => void acceptTicket(ticket)}>
          {t('ticket.accept')}
          <Hidden>{formatPhone(ticket.contact.name)}</Hidden>
        </button>
      )}
    </>
  );
});

interface RowLinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  id: string;
  tab: Tab | undefined;
}

/** A plain link: the router's own works out its address anew, in every row, whenever anybody moves. */
function RowLink({ id, tab, ...rest }: RowLinkProps) {
  const navigate = useNavigate();
  const search = tab && tab !== 'open' ? { tab } : {};
  const query = search.tab ? `?tab=${search.tab}` : '';
  function open(event: MouseEvent) {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void navigate({ to: '/atendimentos/$ticketId', params: { ticketId: id }, search });
  }
  return <a href={`/atendimentos/${id}${query}`} onClick={open} {...rest} />;
}

/** Waiting time in Pendentes; in Abertos only from five minutes on. */
function Age({ ticket, now }: { ticket: Ticket; now: number }) {
  const t = useT();
  const since =
    ticket.status === 'pending' ? (ticket.waiting_since ?? ticket.queued_at) : ticket.waiting_since;
  const waited = since ? now - Date.parse(since) : 0;
  const level = waitLevel(waited);
  if (ticket.status === 'pending' || (ticket.status === 'open' && since && level !== 'calm')) {
    const Icon = level === 'late' ? IconAlarm : level === 'warn' ? IconClockHour5 : IconClock;
    return (
      <span className={`wait${levels[level]}`} title={t('list.waiting')}>
        <Icon size={13} />
        <Hidden>{t('list.waiting')}</Hidden>
        {elapsed(waited)}
      </span>
    );
  }
  const at = ticket.status === 'closed' ? ticket.closed_at : (ticket.last_message_at ?? ticket.created_at);
  return <span className="tm">{at ? shortTime(at, now) : ''}</span>;
}
