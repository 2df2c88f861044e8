import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ApiError } from '@/api/client';
import { formatPhone } from '@/lib/phone';
import { useT } from '@/i18n';
import { ticketQuery } from '../lists';
import { noteOpened } from '../recent';
import { Empty } from '@/ui/parts';
import { ComposerArea } from '../composer/ComposerArea';
import { Header } from './Header';
import { Strip } from './Strip';
import { Timeline } from './Timeline';

interface Props {
  ticketId: string;
  /** The list has gone on to another: nothing may reach this one any more. */
  passed: boolean;
  around: string | undefined;
  panelOpen: boolean;
  onPanel: () => void;
  phone: boolean;
  /** Little room in a row: names and actions give way. */
  tight: boolean;
}

export function Conversation({ ticketId, passed, around, panelOpen, onPanel, phone, tight }: Props) {
  const t = useT();
  useEffect(() => noteOpened(ticketId), [ticketId]);
  const { data: ticket, error } = useQuery(ticketQuery(ticketId));

  if (error instanceof ApiError && error.status === 404)
    return (
      <section className="conv">
        <Empty
          title={t('inbox.goneTitle')}
          text={t('inbox.goneText')}
          action={
            <Link to="/atendimentos" search={{}} className="btn d">
              <IconArrowLeft size={16} />
              {t('inbox.back')}
            </Link>
          }
        />
      </section>
    );
  if (!ticket)
    return (
      <section className="conv" aria-busy="true">
        <div className="chead" />
        <div className="strip" />
      </section>
    );
  return (
    <section
      className="conv"
      aria-label={t('inbox.with', { name: formatPhone(ticket.contact.name) })}
      aria-busy={passed}
      inert={passed}
    >
      <Header
        ticket={ticket}
        passed={passed}
        panelOpen={panelOpen}
        onPanel={onPanel}
        phone={phone}
        tight={tight}
      />
      <Strip ticket={ticket} tight={tight} />
      <Timeline ticket={ticket} around={around} />
      <ComposerArea ticket={ticket} phone={phone} />
    </section>
  );
}
