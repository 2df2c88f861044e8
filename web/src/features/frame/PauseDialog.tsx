import { Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useT } from '@/i18n';
import { Btn } from '@/ui/parts';
import { useAvailability } from './availability';

export function PauseDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const { pause } = useAvailability();
  const [reason, setReason] = useState('');
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('pause.title')}
      size={420}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void pause(reason.trim());
          onClose();
        }}
      >
        <TextInput
          label={t('pause.reason')}
          placeholder={t('pause.example')}
          maxLength={80}
          data-autofocus
          value={reason}
          onChange={(e) => setReason(e.currentTarget.value)}
        />
        <div className="row modalfoot">
          <Btn kind="ghost" onClick={onClose}>
            {t('action.cancel')}
          </Btn>
          <Btn kind="primary" type="submit">
            {t('pause.submit')}
          </Btn>
        </div>
      </form>
    </Modal>
  );
}
