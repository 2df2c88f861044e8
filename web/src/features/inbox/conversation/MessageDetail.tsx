import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { i18n, useT } from '@/i18n';
import { failureText } from '@/lib/errors';
import { moment, money, seconds } from '@/lib/format';
import type { Message } from '@/lib/types';
import { useNames } from '../names';

/** Times, the provider's reason, the category that is charged. */
export function MessageDetail({ message: m, onClose }: { message: Message; onClose: () => void }) {
  const t = useT();
  const names = useNames();
  const at = (when: string | null | undefined) =>
    when ? `${moment(when).split(' · ')[0] ?? ''} · ${seconds(when)}` : null;
  const s = m.status_times;
  const code = m.error?.params?.provider_code;
  const category = m.price ? `price.${m.price.category.toLowerCase()}` : '';
  const rows: [string, ReactNode][] = [
    [t('detail.state'), t(`status.${m.status}`)],
    [t('detail.author'), m.author === 'user' ? names.user(m.user_id)?.name : t(`author.${m.author}`)],
    [t(m.direction === 'in' ? 'detail.received' : 'detail.created'), at(m.at)],
    [t('detail.providerAt'), at(m.provider_at)],
    [t('status.sent'), at(s.sent)],
    [t('status.delivered'), at(s.delivered)],
    [t('status.read'), at(s.read)],
    [t('status.played'), at(s.played)],
    [t('status.failed'), at(s.failed)],
    [t('detail.reason'), m.error ? failureText(m.error) : null],
    [t('detail.code'), code === undefined || code === null ? null : String(code)],
    [
      t('detail.cost'),
      m.price
        ? [
            i18n.exists(category) ? i18n.t(category as 'price.utility') : m.price.category,
            m.price.billable
              ? m.price.micros
                ? money(m.price.micros, m.price.currency ?? '')
                : t('detail.billable')
              : t('detail.free'),
          ].join(' · ')
        : null,
    ],
    [t('detail.providerId'), m.provider_id ? <code>{m.provider_id}</code> : null],
  ];
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('timeline.details')}
      size={460}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <dl className="props flat">
        {rows
          .filter(([, value]) => value)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="num">{value}</dd>
            </div>
          ))}
      </dl>
    </Modal>
  );
}
