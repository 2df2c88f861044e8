import { useMe } from '@/app/session';
import { IconEye, IconLock } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useT } from '@/i18n';
import { useNow } from '@/lib/clock';
import { windowState } from '@/lib/window';
import type { Ticket } from '@/lib/types';
import { Btn } from '@/ui/parts';
import { acceptTicket, reopenTicket } from '../actions';
import { WaitingLine } from '../waiting/WaitingLine';
import { Composer } from './Composer';
import { useTemplateDialog } from './templateDialog';

const TemplateDialog = lazy(() => import('./TemplateDialog').then((m) => ({ default: m.TemplateDialog })));

/** Below the timeline: the composer, or why there is none and what to do. */
export function ComposerArea({ ticket, phone }: { ticket: Ticket; phone: boolean }) {
  const t = useT();
  const me = useMe();
  const now = useNow();
  const open = useTemplateDialog() === ticket.id;
  const can = (action: Ticket['can'][number]) => ticket.can.includes(action);
  const locked = windowState(ticket, now) === 'closed';

  let area;
  if (can('reply') && !ticket.contact.blocked)
    area = <Composer key={ticket.id} ticket={ticket} locked={locked} phone={phone} me={me} />;
  else if (ticket.status === 'pending')
    area = (
      <Note icon={<IconEye size={18} />} text={t('composer.peek')}>
        {can('accept') && (
          <Btn kind="primary" onClick={() => void acceptTicket(ticket)}>
            {t('ticket.accept')}
          </Btn>
        )}
      </Note>
    );
  else if (ticket.status === 'closed')
    area = (
      <Note icon={<IconLock size={18} />} text={t('composer.closed')}>
        {can('reopen') && (
          <Btn kind="primary" onClick={() => void reopenTicket(ticket)}>
            {t('ticket.reopen')}
          </Btn>
        )}
      </Note>
    );
  else
    area = (
      <Note
        icon={<IconEye size={18} />}
        text={t(ticket.contact.blocked ? 'error.contact_blocked' : 'composer.readOnly')}
      />
    );

  return (
    <>
      {ticket.status === 'open' && <WaitingLine ticket={ticket} />}
      {area}
      <Suspense fallback={null}>{open && <TemplateDialog ticket={ticket} />}</Suspense>
    </>
  );
}

const Note = ({
  icon,
  text,
  children,
}: {
  icon: React.ReactNode;
  text: string;
  children?: React.ReactNode;
}) => (
  <div className="compnote">
    {icon}
    <span className="grow">{text}</span>
    {children}
  </div>
);
