import { IconAlertCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { api, ok, uuid } from '@/api/client';
import { takeMessage } from '@/stream/apply';
import { useT } from '@/i18n';
import { useNow } from '@/lib/clock';
import { failureText, toastError } from '@/lib/errors';
import { time } from '@/lib/format';
import type { Message } from '@/lib/types';

/** Under a message that did not leave: why, and the ways out. */
export function Trouble({ message: m }: { message: Message }) {
  const t = useT();
  const [key] = useState(uuid);
  const [busy, setBusy] = useState(false);
  const now = useNow();
  const path = { id: m.id };

  async function run(action: () => Promise<Message>, also?: Message) {
    if (busy) return;
    setBusy(true);
    try {
      takeMessage(await action());
      if (also) takeMessage(also);
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  }
  const retry = (queue: boolean) =>
    void run(() =>
      ok(
        api.POST('/api/v1/messages/{id}/retry', {
          params: { path, header: { 'Idempotency-Key': key } },
          body: { queue },
        }),
      ),
    );

  // A report may still settle it; until then it can't be sent again.
  const early = m.retry_from !== null && Date.parse(m.retry_from) > now;
  const why =
    m.status === 'expired'
      ? t('trouble.expired')
      : m.status === 'uncertain'
        ? early
          ? t('trouble.unsure', { time: time(m.retry_from) })
          : t('trouble.uncertain')
        : t('trouble.failed', { reason: failureText(m.error) });
  if (m.retried_by) return <div className="why mut">{t('trouble.retried')}</div>;
  return (
    <div className="why">
      <span className="whytext">
        <IconAlertCircle size={14} />
        {why}
      </span>
      {m.can.includes('retry') && !early && (
        <button
          type="button"
          onClick={() => retry(false)}
          title={m.status === 'uncertain' ? t('trouble.twice') : undefined}
        >
          {t(
            m.status === 'uncertain'
              ? 'trouble.sendAgain'
              : m.status === 'expired'
                ? 'trouble.sendNow'
                : 'trouble.retry',
          )}
        </button>
      )}
      {m.can.includes('wait') && !early && (
        <button type="button" onClick={() => retry(true)}>
          {t('composer.queue')}
        </button>
      )}
      {m.can.includes('dismiss') && (
        <button
          type="button"
          onClick={() => void run(() => ok(api.POST('/api/v1/messages/{id}/dismiss', { params: { path } })))}
        >
          {t('trouble.dismiss')}
        </button>
      )}
    </div>
  );
}
