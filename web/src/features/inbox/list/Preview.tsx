import { IconAlertCircle, IconHourglassHigh } from '@tabler/icons-react';
import { useT } from '@/i18n';
import { failureText } from '@/lib/errors';
import type { LastMessage, Ticket } from '@/lib/types';
import { Ticks } from '@/ui/Ticks';

/** The second line of a row: state and first words of the last message. */
export function Preview({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const last = ticket.last_message;
  if (ticket.waiting_count > 0)
    return (
      <>
        <IconHourglassHigh size={13} className="mut" />
        <span className="trunc grow">{t('list.inLine', { count: ticket.waiting_count })}</span>
      </>
    );
  if (!last)
    return (
      <span className="trunc grow mut">{t(ticket.record_only ? 'list.record' : 'list.noMessages')}</span>
    );
  if (last.direction === 'out' && (last.status === 'failed' || last.status === 'expired'))
    return (
      <>
        <span className="badtext">
          <IconAlertCircle size={14} />
        </span>
        <span className="trunc grow">{t('list.failedMessage', { reason: failureText(last.error) })}</span>
      </>
    );
  return (
    <>
      {last.direction === 'out' && <Ticks status={last.status} size={15} />}
      <span className="trunc grow">{excerpt(last, t)}</span>
    </>
  );
}

function excerpt(last: LastMessage, t: ReturnType<typeof useT>): string {
  if (last.excerpt) return last.excerpt;
  return t(`kind.${last.type}`);
}
