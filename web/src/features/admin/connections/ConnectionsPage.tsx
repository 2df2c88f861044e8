import { IconInbox } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { q } from '@/api/query';
import { useCan } from '@/app/session';
import { useNames } from '@/features/inbox/names';
import { useT } from '@/i18n';
import { fold } from '@/lib/fold';
import { shortTime } from '@/lib/format';
import type { Connection } from '@/lib/types';
import { ChannelIcon } from '@/ui/ChannelIcon';
import { DataTable, RowName, type Column } from '@/ui/DataTable';
import { Page, Tools } from '@/ui/Page';
import { Btn, Empty, QueueName } from '@/ui/parts';
import { Segments } from '@/ui/Segments';
import { asked } from '../asked';
import { unprocessed } from '../queries';
import { AddConnection } from './AddConnection';
import { ConnectionDrawer } from './ConnectionDrawer';
import { RawEvents } from './RawEvents';
import { StateText, summary, troubled } from './state';

type Open = { id: string } | 'add' | 'events' | null;

/** Conexões: the numbers and accounts through which customers talk. */
export function ConnectionsPage() {
  const t = useT();
  const can = useCan();
  const names = useNames();
  const list = useQuery(q.connections);
  const events = useQuery({ ...unprocessed, enabled: can('raw_event.view') });
  const [search, setSearch] = useState('');
  const [only, setOnly] = useState<'all' | 'trouble'>('all');
  const [open, setOpen] = useState<Open>(() => (asked() && can('connection.edit') ? 'add' : null));

  const all = list.data;
  const bad = all?.filter(troubled).length ?? 0;
  const wanted = fold(search.trim());
  const rows = all
    ?.filter((c) => only === 'all' || troubled(c))
    .filter((c) => fold(`${c.name} ${c.identifier} ${c.identifier.replace(/\D/g, '')}`).includes(wanted));
  const kinds = (c: Connection) => t(c.simulated ? 'admin.connection.simulatedKind' : `channel.${c.kind}`);

  const columns: Column<Connection>[] = [
    {
      key: 'name',
      head: t('admin.connection.one'),
      cell: (c) => (
        <div className="first">
          <span className="kindico">
            <ChannelIcon kind={c.kind} size={20} />
          </span>
          <div>
            <div className="row g8 wrap">
              <RowName onOpen={() => setOpen({ id: c.id })}>{c.name}</RowName>
              {c.default && <span className="chip xs acc">{t('admin.connection.default')}</span>}
              {c.simulated && <span className="chip xs info">{t('admin.connection.simulated')}</span>}
            </div>
            <div className="sub num">{[c.identifier, kinds(c)].filter(Boolean).join(' · ')}</div>
          </div>
        </div>
      ),
    },
    {
      key: 'state',
      head: t('admin.connection.stateHead'),
      width: 270,
      cell: (c) => (
        <>
          <StateText connection={c} />
          <div className="sub">{summary(c)}</div>
        </>
      ),
    },
    {
      key: 'queue',
      head: t('admin.connection.queue'),
      width: 170,
      cell: (c) => {
        const queue = names.queue(c.queues[0] ?? null);
        return queue ? (
          <QueueName name={queue.name} c={queue.color} />
        ) : (
          <span className="mut">{t('admin.connection.noQueue')}</span>
        );
      },
    },
    {
      key: 'checked',
      minor: true,
      head: t('admin.connection.checked'),
      width: 130,
      cell: (c) => (
        <span className="sec num">{c.checked_at ? shortTime(c.checked_at) : t('admin.never')}</span>
      ),
    },
  ];

  const add = can('connection.edit') ? () => setOpen('add') : undefined;
  const count = events.data?.length ?? 0;
  return (
    <Page title={t('nav.connections')} subtitle={t('admin.connection.subtitle')}>
      <Tools
        search={search}
        onSearch={setSearch}
        placeholder={t('admin.connection.search')}
        {...(add ? { onAdd: add } : {})}
      >
        <Segments
          label={t('admin.connection.filter')}
          value={only}
          onChange={setOnly}
          items={[
            { key: 'all', label: t('admin.all'), count: all?.length },
            { key: 'trouble', label: t('admin.connection.trouble'), count: bad, alarm: bad > 0 },
          ]}
        />
      </Tools>
      <DataTable
        label={t('nav.connections')}
        rows={rows}
        columns={columns}
        id={(c) => c.id}
        current={typeof open === 'object' ? open?.id : undefined}
        onOpen={(c) => setOpen({ id: c.id })}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={
          all?.length ? (
            <Empty title={t('admin.nothing')} text={t('admin.nothingText')} />
          ) : (
            <Empty
              title={t('admin.connection.empty')}
              text={t('admin.connection.emptyText')}
              {...(add ? { action: <Btn onClick={add}>{t('admin.connection.add')}</Btn> } : {})}
            />
          )
        }
        foot={
          <div className="pfoot">
            {count > 0 && (
              <div className="notice wrap">
                <IconInbox size={18} aria-hidden />
                <span className="grow">{t('admin.raw.notice', { count })}</span>
                <button type="button" className="link" onClick={() => setOpen('events')}>
                  {t('admin.raw.open')}
                </button>
              </div>
            )}
          </div>
        }
      />
      {open === 'add' && <AddConnection onClose={() => setOpen(null)} onMade={(id) => setOpen({ id })} />}
      {open === 'events' && <RawEvents onClose={() => setOpen(null)} />}
      {typeof open === 'object' && open && (
        <ConnectionDrawer key={open.id} id={open.id} onClose={() => setOpen(null)} />
      )}
    </Page>
  );
}
