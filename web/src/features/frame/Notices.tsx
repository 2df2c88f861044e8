import { Drawer } from '@mantine/core';
import { IconAlertTriangle, IconArrowsExchange, IconInbox, IconPlugConnectedX } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { i18n, useT } from '@/i18n';
import { formatPhone } from '@/lib/phone';
import { errorText } from '@/lib/errors';
import { elapsed } from '@/lib/format';
import { useNow } from '@/lib/clock';
import type { Notification } from '@/lib/types';
import { Btn, Empty } from '@/ui/parts';
import { Skeleton } from '@/ui/Skeleton';
import { markSeen, notices } from './notices';

function icon(type: Notification['type']) {
  if (type.startsWith('connection.')) return <IconPlugConnectedX size={18} />;
  if (type.startsWith('message.')) return <IconAlertTriangle size={18} />;
  if (type === 'ticket.transferred') return <IconArrowsExchange size={18} />;
  return <IconInbox size={18} />;
}

const Waiting = () => (
  <div className="col g16 dbody" aria-hidden="true">
    {[200, 150, 230, 180].map((w) => (
      <div className="col g8" key={w}>
        <Skeleton w={w} h={12} />
        <Skeleton w={w + 60} h={10} />
      </div>
    ))}
  </div>
);

export function Notices({ onClose }: { onClose: () => void }) {
  const t = useT();
  const now = useNow();
  const navigate = useNavigate();
  const { data, error, refetch, fetchNextPage, hasNextPage, isPending } = useInfiniteQuery(notices);
  const items = data?.pages.flatMap((p) => p.items) ?? [];
  const newest = items[0]?.id;
  useEffect(() => {
    if (newest && items[0] && !items[0].seen) void markSeen(newest);
    // Only a new head counts.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [newest]);

  function open(notice: Notification) {
    onClose();
    if (notice.ticket_id)
      void navigate({
        to: '/atendimentos/$ticketId',
        params: { ticketId: notice.ticket_id },
        search: notice.message_id && notice.type.startsWith('message.') ? { m: notice.message_id } : {},
      });
    else if (notice.connection_id) void navigate({ to: '/conexoes' });
  }

  return (
    <Drawer
      opened
      onClose={onClose}
      size={420}
      title={t('nav.notifications')}
      className="drawer-root"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className="scroll grow">
        {isPending && <Waiting />}
        {error && !data && (
          <Empty
            title={t('admin.failed')}
            text={errorText(error)}
            action={<Btn onClick={() => void refetch()}>{t('admin.retry')}</Btn>}
          />
        )}
        {data && items.length === 0 && <Empty title={t('notice.emptyTitle')} text={t('notice.emptyText')} />}
        <ul className="notices">
          {items.map((notice) => {
            const key = `notice.${notice.type}`;
            return (
              <li key={notice.id}>
                <button type="button" className={notice.seen ? '' : 'new1'} onClick={() => open(notice)}>
                  <span className="nico">{icon(notice.type)}</span>
                  <span className="grow">
                    <span className="nt">
                      {notice.contact_name
                        ? formatPhone(notice.contact_name)
                        : t(notice.type.startsWith('connection.') ? 'notice.connection' : 'notice.gone')}
                    </span>
                    <span className="nx">
                      {i18n.exists(key) ? i18n.t(key as 'notice.other') : t('notice.other')}
                      {notice.actor.name && ` · ${notice.actor.name}`}
                    </span>
                  </span>
                  <span className="mut x12 num">{elapsed(now - Date.parse(notice.at ?? ''))}</span>
                </button>
              </li>
            );
          })}
        </ul>
        {hasNextPage && (
          <div className="row center more">
            <Btn kind="ghost" onClick={() => void fetchNextPage()}>
              {t('action.more')}
            </Btn>
          </div>
        )}
      </div>
    </Drawer>
  );
}
