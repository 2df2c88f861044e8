import { Menu } from '@mantine/core';
import {
  IconArrowBackUp,
  IconCheck,
  IconChevronLeft,
  IconDotsVertical,
  IconLayoutSidebarRight,
  IconRotateClockwise,
  IconSwitchHorizontal,
  IconTemplate,
} from '@tabler/icons-react';
import { Link, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useMe } from '@/app/session';
import { useCommands, type Group } from '@/features/frame/commands';
import { useT } from '@/i18n';
import { formatPhone } from '@/lib/phone';
import type { Ticket } from '@/lib/types';
import { ChannelIcon } from '@/ui/ChannelIcon';
import { Avatar, Btn, IconBtn } from '@/ui/parts';
import { acceptTicket, closeTicket, reopenTicket, returnTicket } from '../actions';
import { openTemplates } from '../composer/templateDialog';
import { useNames } from '../names';
import { CloseDialog } from './CloseDialog';
import { TransferDialog } from './TransferDialog';

export function Header({
  ticket,
  passed,
  panelOpen,
  onPanel,
  phone,
  tight,
}: {
  ticket: Ticket;
  passed: boolean;
  panelOpen: boolean;
  onPanel: () => void;
  phone: boolean;
  tight: boolean;
}) {
  const t = useT();
  const me = useMe();
  const names = useNames();
  const search = useSearch({ from: '/frame/atendimentos' });
  const [dialog, setDialog] = useState<'transfer' | 'close' | null>(null);
  const can = (action: Ticket['can'][number]) => ticket.can.includes(action);
  const connection = names.connection(ticket.connection_id);
  const agent = names.user(ticket.user_id);
  const resolve = () => (ticket.waiting_count > 0 ? setDialog('close') : void closeTicket(ticket, true));

  const group = useMemo<Group>(() => {
    const has = (action: Ticket['can'][number]) => ticket.can.includes(action);
    return {
      title: t('command.here'),
      commands: [
        ...(has('accept')
          ? [
              {
                id: 'accept',
                label: t('ticket.accept'),
                keys: 'a',
                icon: <IconCheck size={18} />,
                run: () => void acceptTicket(ticket),
              },
            ]
          : []),
        ...(has('transfer')
          ? [
              {
                id: 'transfer',
                label: t('ticket.transferTo'),
                keys: 't',
                icon: <IconSwitchHorizontal size={18} />,
                run: () => setDialog('transfer'),
              },
            ]
          : []),
        ...(has('return')
          ? [
              {
                id: 'return',
                label: t('ticket.return'),
                keys: 'r',
                icon: <IconArrowBackUp size={18} />,
                run: () => void returnTicket(ticket),
              },
            ]
          : []),
        ...(has('close')
          ? [
              {
                id: 'close',
                label: t('ticket.close'),
                keys: 'e',
                icon: <IconCheck size={18} />,
                run: () => (ticket.waiting_count > 0 ? setDialog('close') : void closeTicket(ticket, true)),
              },
            ]
          : []),
        ...(has('reopen')
          ? [
              {
                id: 'reopen',
                label: t('ticket.reopen'),
                icon: <IconRotateClockwise size={18} />,
                run: () => void reopenTicket(ticket),
              },
            ]
          : []),
      ],
    };
  }, [ticket, t]);
  useCommands(passed ? null : group);

  const sub = tight
    ? [t('ticket.number', { n: ticket.number }), agent?.name.split(' ')[0]].filter(Boolean).join(' · ')
    : [t('ticket.number', { n: ticket.number }), formatPhone(ticket.contact.phone) || ticket.contact.email]
        .filter(Boolean)
        .join(' · ');

  return (
    <header className="chead">
      {phone && (
        <Link
          to="/atendimentos"
          search={search.tab ? { tab: search.tab } : {}}
          className="ib"
          aria-label={t('inbox.back')}
        >
          <IconChevronLeft size={24} stroke={1.75} />
        </Link>
      )}
      <button
        type="button"
        className="who"
        onClick={onPanel}
        aria-label={t('panel.of', { name: formatPhone(ticket.contact.name) })}
      >
        <Avatar
          id={ticket.contact.id}
          name={ticket.contact.name}
          size={38}
          photo={ticket.contact.photo_url}
          badge={<ChannelIcon kind={connection?.kind ?? 'whatsapp_official'} />}
        />
        <span className="col trunc">
          <span className="nm trunc">{formatPhone(ticket.contact.name)}</span>
          <span className="mut x12 num trunc">{sub}</span>
        </span>
      </button>
      <span className="grow" />
      {!tight && can('return') && (
        <IconBtn label={t('ticket.return')} onClick={() => void returnTicket(ticket)}>
          <IconArrowBackUp size={20} stroke={1.75} />
        </IconBtn>
      )}
      {!tight && can('transfer') && (
        <IconBtn label={t('ticket.transfer')} onClick={() => setDialog('transfer')}>
          <IconSwitchHorizontal size={20} stroke={1.75} />
        </IconBtn>
      )}
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <IconBtn label={t('action.options')} plain>
            <IconDotsVertical size={20} stroke={1.75} />
          </IconBtn>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconLayoutSidebarRight size={16} />} onClick={onPanel}>
            {t(panelOpen ? 'panel.hide' : 'panel.show')}
          </Menu.Item>
          {can('template') && (
            <Menu.Item leftSection={<IconTemplate size={16} />} onClick={() => openTemplates(ticket.id)}>
              {t('composer.template')}
            </Menu.Item>
          )}
          {tight && can('transfer') && (
            <Menu.Item leftSection={<IconSwitchHorizontal size={16} />} onClick={() => setDialog('transfer')}>
              {t('ticket.transfer')}
            </Menu.Item>
          )}
          {tight && can('return') && (
            <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={() => void returnTicket(ticket)}>
              {t('ticket.return')}
            </Menu.Item>
          )}
          {ticket.status !== 'closed' && can('reopen') && (
            <Menu.Item
              leftSection={<IconRotateClockwise size={16} />}
              onClick={() => void reopenTicket(ticket)}
            >
              {t('ticket.reopen')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {can('close') &&
        (tight ? (
          <IconBtn label={t('ticket.close')} on onClick={resolve}>
            <IconCheck size={22} stroke={1.75} />
          </IconBtn>
        ) : (
          <Btn kind="light" size="medium" icon={<IconCheck size={17} />} onClick={resolve}>
            {t('ticket.close')}
          </Btn>
        ))}
      {ticket.status === 'closed' && can('reopen') && !phone && (
        <Btn
          kind="light"
          size="medium"
          icon={<IconRotateClockwise size={17} />}
          onClick={() => void reopenTicket(ticket)}
        >
          {t('ticket.reopen')}
        </Btn>
      )}
      {dialog === 'transfer' && <TransferDialog ticket={ticket} me={me.id} onClose={() => setDialog(null)} />}
      {dialog === 'close' && <CloseDialog ticket={ticket} onClose={() => setDialog(null)} />}
    </header>
  );
}
