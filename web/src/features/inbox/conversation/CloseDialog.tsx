import { Modal } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useT } from '@/i18n';
import type { Ticket } from '@/lib/types';
import { Btn } from '@/ui/parts';
import { closeTicket } from '../actions';

/** Only asked when waiting messages would be cancelled. */
export function CloseDialog({ ticket, onClose }: { ticket: Ticket; onClose: () => void }) {
  const t = useT();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('ticket.closeTitle', { n: ticket.number })}
      size={420}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <p className="sec x13">{t('ticket.closeText', { count: ticket.waiting_count })}</p>
      <div className="row modalfoot">
        <Btn kind="ghost" onClick={onClose}>
          {t('action.cancel')}
        </Btn>
        <Btn
          kind="primary"
          icon={<IconCheck size={16} />}
          onClick={() => {
            onClose();
            void closeTicket(ticket, false);
          }}
        >
          {t('ticket.close')}
        </Btn>
      </div>
    </Modal>
  );
}
