import { Modal, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { q } from '@/api/query';
import { useT } from '@/i18n';
import type { Ticket } from '@/lib/types';
import { Btn } from '@/ui/parts';
import { transferTicket } from '../actions';

/** C13: a queue and, if wanted, one of its agents. */
export function TransferDialog({ ticket, me, onClose }: { ticket: Ticket; me: string; onClose: () => void }) {
  const t = useT();
  const { data: targets } = useQuery(q.targets);
  const [queue, setQueue] = useState<string | null>(null);
  const [user, setUser] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const target = targets?.find((x) => x.queue_id === queue);
  const reason = !queue
    ? t('ticket.transferNeedsQueue')
    : queue === ticket.queue_id && user === ticket.user_id
      ? t('error.no_change')
      : undefined;
  const state = (online: boolean, available: boolean) =>
    t(online ? (available ? 'presence.online' : 'presence.paused') : 'presence.offline');

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('ticket.transferTitle', { n: ticket.number })}
      size={440}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className="col g16">
        <Select
          label={t('field.queue')}
          placeholder={t('ticket.transferQueue')}
          data-autofocus
          data={(targets ?? []).map((x) => ({ value: x.queue_id, label: x.name }))}
          value={queue}
          onChange={(value) => {
            setQueue(value);
            setUser(null);
          }}
        />
        <Select
          label={t('ticket.transferAgent')}
          description={t('ticket.transferAgentHint')}
          placeholder={t('ticket.transferAnyone')}
          clearable
          allowDeselect
          searchable
          disabled={!target}
          data={(target?.members ?? []).map((m) => ({
            value: m.user_id,
            label: `${m.user_id === me ? t('ticket.me', { name: m.name }) : m.name} · ${state(m.online, m.available)}`,
          }))}
          value={user}
          onChange={setUser}
        />
      </div>
      <div className="row modalfoot">
        <Btn kind="ghost" onClick={onClose}>
          {t('action.cancel')}
        </Btn>
        <Btn
          kind="primary"
          reason={reason}
          busy={busy}
          onClick={() => {
            if (!queue) return;
            setBusy(true);
            void transferTicket(ticket, queue, user).then((done) => (done ? onClose() : setBusy(false)));
          }}
        >
          {t('ticket.transfer')}
        </Btn>
      </div>
    </Modal>
  );
}
