import { Modal } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useT } from '@/i18n';
import { errorText } from '@/lib/errors';
import { Btn } from './parts';

interface Props {
  title: string;
  text: ReactNode;
  action: string;
  cancel?: string;
  danger?: boolean;
  onConfirm: () => Promise<unknown> | void;
  onClose: () => void;
}

/** Asks before what cannot be undone. */
export function Confirm({ title, text, action, cancel, danger = true, onConfirm, onClose }: Props) {
  const t = useT();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');

  async function go() {
    setBusy(true);
    setError('');
    try {
      await onConfirm();
      onClose();
    } catch (refusal) {
      setError(errorText(refusal));
      setBusy(false);
    }
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={420}
      zIndex={400}
      closeButtonProps={{ 'aria-label': t('admin.close') }}
    >
      <div className="sec x13">{text}</div>
      <div role="alert" className={error ? 'help err' : ''}>
        {error}
      </div>
      <div className="row modalfoot">
        <Btn kind="ghost" onClick={onClose} data-autofocus>
          {cancel ?? t('admin.cancel')}
        </Btn>
        <Btn kind={danger ? 'danger' : 'primary'} busy={busy} onClick={() => void go()}>
          {action}
        </Btn>
      </div>
    </Modal>
  );
}
