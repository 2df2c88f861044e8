import { IconHourglassHigh, IconLock } from '@tabler/icons-react';
import { useT } from '@/i18n';
import { useNow } from '@/lib/clock';
import { countdown, windowLeft, windowState } from '@/lib/window';
import type { Ticket } from '@/lib/types';
import { ChannelIcon } from '@/ui/ChannelIcon';
import { Avatar, QueueName, TagChip } from '@/ui/parts';
import { useNames } from '../names';

/** Who, where and for how long: the line under the header. */
export function Strip({ ticket, tight }: { ticket: Ticket; tight: boolean }) {
  const t = useT();
  const now = useNow();
  const names = useNames();
  const agent = names.user(ticket.user_id);
  const queue = names.queue(ticket.queue_id);
  const connection = names.connection(ticket.connection_id);
  const state = ticket.status === 'closed' ? 'none' : windowState(ticket, now);
  return (
    <div className="strip">
      {!tight && ticket.status === 'open' && (
        <span className="stripagent">
          {agent && <Avatar id={agent.id} name={agent.name} size={18} />}
          {agent ? (
            <>
              {t('ticket.assigned')} <b>{agent.name.split(' ')[0]}</b>
            </>
          ) : (
            t('ticket.unassigned')
          )}
        </span>
      )}
      {!tight && ticket.status !== 'open' && <span>{t(`ticket.status.${ticket.status}`)}</span>}
      {queue && <QueueName name={queue.name} c={queue.color} />}
      {!tight && connection && (
        <span className="trunc">
          <ChannelIcon kind={connection.kind} size={15} />
          <span className="trunc">{connection.name}</span>
          {connection.simulated && <span className="chip xs info">{t('connection.simulated')}</span>}
        </span>
      )}
      <span className="striptags">
        {ticket.tags.map((id) => {
          const tag = names.tag(id);
          return tag && <TagChip key={id} name={tag.name} c={tag.color} />;
        })}
      </span>
      <span className="grow" />
      {state !== 'none' && (
        <span
          className={`chip ${state === 'closed' ? 'bad' : state === 'short' ? 'warn' : 'acc'}`}
          data-window={state}
        >
          {state === 'closed' ? <IconLock size={14} /> : <IconHourglassHigh size={14} />}
          {state === 'closed'
            ? t('window.closed')
            : t('window.left', { time: countdown(windowLeft(ticket, now)) })}
        </span>
      )}
    </div>
  );
}
