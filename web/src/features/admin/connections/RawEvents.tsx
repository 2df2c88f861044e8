import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { i18n, useT } from '@/i18n';
import { toast, toastError } from '@/lib/errors';
import { moment } from '@/lib/format';
import type { RawEvent } from '@/lib/types';
import { Confirm } from '@/ui/Confirm';
import { FormDrawer } from '@/ui/FormDrawer';
import { Btn, Empty } from '@/ui/parts';
import { Skeleton } from '@/ui/Skeleton';
import { unprocessed } from '../queries';

export function rawReason(reason: string): string {
  const key = `admin.raw.reason.${reason}`;
  return i18n.t((i18n.exists(key) ? key : 'admin.raw.reason.other') as 'admin.raw.reason.other');
}

/** What arrived and could not be understood: nothing of it is lost. */
export function RawEvents({ onClose }: { onClose: () => void }) {
  const t = useT();
  const { data, isPending } = useQuery(unprocessed);
  return (
    <FormDrawer title={t('admin.raw.title')} size={560} onClose={onClose}>
      <p className="sec x13">{t('admin.raw.text')}</p>
      {isPending && <Skeleton w="60%" h={14} />}
      {data?.length === 0 && <Empty title={t('admin.raw.none')} text={t('admin.raw.noneText')} />}
      <ul className="rawlist">
        {data?.map((event) => (
          <Event key={event.id} event={event} />
        ))}
      </ul>
    </FormDrawer>
  );
}

function Event({ event }: { event: RawEvent }) {
  const t = useT();
  const { data: connections } = useQuery(q.connections);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [dropping, setDropping] = useState(false);
  const whole = useQuery({
    queryKey: ['raw-event', event.id],
    queryFn: () => ok(api.GET('/api/v1/raw-events/{id}', { params: { path: { id: event.id } } })),
    enabled: open,
    staleTime: 60_000,
  });
  const path = { params: { path: { id: event.id } } };

  async function replay() {
    setBusy(true);
    try {
      const now = await ok(api.POST('/api/v1/raw-events/{id}/replay', path));
      if (now.state === 'done') toast(t('admin.raw.replayed'));
      else toast(t('admin.raw.stillNot', { reason: rawReason(now.reason) }), 'red');
    } catch (refusal) {
      toastError(refusal);
    } finally {
      setBusy(false);
      void queryClient.invalidateQueries({ queryKey: unprocessed.queryKey });
    }
  }

  return (
    <li>
      <div className="row g8">
        <button type="button" className="rawhead grow" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
          <span className="grow">
            <span className="med x13">{rawReason(event.reason)}</span>
            <span className="sub num">
              {[
                connections?.find((c) => c.id === event.connection_id)?.name,
                event.received_at && moment(event.received_at),
                t('admin.raw.attempts', { count: event.attempts }),
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </span>
        </button>
        <Btn size="small" busy={busy} onClick={() => void replay()}>
          {t('admin.raw.replay')}
        </Btn>
        <Btn size="small" kind="danger" onClick={() => setDropping(true)}>
          {t('admin.raw.discard')}
        </Btn>
      </div>
      {open && (
        <pre className="raw" tabIndex={0} aria-label={t('admin.raw.body')}>
          {whole.data?.body ? pretty(whole.data.body) : t('admin.loading')}
        </pre>
      )}
      {dropping && (
        <Confirm
          title={t('admin.raw.discardTitle')}
          text={t('admin.raw.discardText')}
          action={t('admin.raw.discard')}
          onConfirm={async () => {
            await ok(api.POST('/api/v1/raw-events/{id}/discard', path));
            void queryClient.invalidateQueries({ queryKey: unprocessed.queryKey });
          }}
          onClose={() => setDropping(false)}
        />
      )}
    </li>
  );
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
