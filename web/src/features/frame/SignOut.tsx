import { Modal } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { api, ok } from '@/api/client';
import { queryClient } from '@/api/query';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import { dropDrafts, hasDrafts } from '@/lib/drafts';
import { forgetOutbox, outbox } from '@/lib/sending';
import { toastError } from '@/lib/errors';
import { Btn } from '@/ui/parts';

/** Sair: asks first when something typed would be lost, then leaves nothing behind. */
export function SignOut({ onClose }: { onClose: () => void }) {
  const t = useT();
  const me = useMe();
  const navigate = useNavigate();
  const [ask, setAsk] = useState(false);

  const leave = useCallback(async () => {
    try {
      await ok(api.DELETE('/api/v1/session'));
    } catch (error) {
      toastError(error);
      onClose();
      return;
    }
    await dropDrafts(me);
    await forgetOutbox();
    queryClient.clear();
    await navigate({ to: '/entrar' });
  }, [me, navigate, onClose]);

  useEffect(() => {
    let live = true;
    void hasDrafts(me).then((some) => {
      if (!live) return;
      if (some || outbox().all().length > 0) setAsk(true);
      else void leave();
    });
    return () => {
      live = false;
    };
  }, [me, leave]);

  return (
    <Modal
      opened={ask}
      onClose={onClose}
      title={t('signOut.title')}
      size={420}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <p className="sec x13">{t('signOut.text')}</p>
      <div className="row modalfoot">
        <Btn kind="ghost" onClick={onClose}>
          {t('action.cancel')}
        </Btn>
        <Btn kind="danger" onClick={() => void leave()}>
          {t('signOut.submit')}
        </Btn>
      </div>
    </Modal>
  );
}
