import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { q } from '@/api/query';
import { useCan } from '@/app/session';
import { useT } from '@/i18n';
import { fold } from '@/lib/fold';
import type { Queue } from '@/lib/types';
import { DataTable, RowName, type Column } from '@/ui/DataTable';
import { Page, Tools } from '@/ui/Page';
import { Btn, Dot, Empty } from '@/ui/parts';
import { asked } from './asked';
import { QueueDrawer } from './QueueDrawer';

/** Filas: the areas in which conversations wait. */
export function QueuesPage() {
  const t = useT();
  const can = useCan();
  const list = useQuery(q.queues);
  const { data: connections } = useQuery(q.connections);
  const { data: users } = useQuery({ ...q.users, enabled: can('user.view') });
  const { data: teams } = useQuery({ ...q.teams, enabled: can('user.view') });
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<string | null>(() => (asked() && can('queue.edit') ? 'new' : null));

  const rows = list.data
    ?.filter((queue) => fold(queue.name).includes(fold(search.trim())))
    .sort((a, b) => a.position - b.position || a.name.localeCompare(b.name));
  const people = (id: string) =>
    users?.filter(
      (u) =>
        u.active &&
        (u.queues.includes(id) ||
          teams?.some((team) => team.members.includes(u.id) && team.queues.includes(id))),
    ).length;
  const lines = (id: string) => connections?.filter((c) => c.queues.includes(id)).map((c) => c.name) ?? [];

  const columns: Column<Queue>[] = [
    {
      key: 'name',
      head: t('admin.queue.one'),
      cell: (queue) => (
        <div className="first">
          <Dot c={queue.color} />
          <RowName onOpen={() => setOpen(queue.id)}>{queue.name}</RowName>
          {!queue.active && <span className="chip xs">{t('admin.inactive')}</span>}
        </div>
      ),
    },
    {
      key: 'people',
      head: t('admin.queue.people'),
      width: 180,
      cell: (queue) => {
        const n = people(queue.id);
        if (n === undefined) return null;
        return n > 0 ? (
          <span className="sec num">{t('admin.queue.count', { count: n })}</span>
        ) : (
          <span className="state warn">{t('admin.queue.nobody')}</span>
        );
      },
    },
    {
      key: 'connections',
      head: t('admin.queue.connections'),
      width: 260,
      cell: (queue) => <span className="sec">{lines(queue.id).join(', ')}</span>,
    },
    {
      key: 'position',
      minor: true,
      head: t('admin.queue.position'),
      width: 90,
      cell: (queue) => <span className="sec num">{queue.position}</span>,
    },
  ];

  const add = can('queue.edit') ? () => setOpen('new') : undefined;
  const current = list.data?.find((queue) => queue.id === open);
  return (
    <Page title={t('nav.queues')} subtitle={t('admin.queue.subtitle')}>
      <Tools
        search={search}
        onSearch={setSearch}
        placeholder={t('admin.queue.search')}
        {...(add ? { onAdd: add } : {})}
      />
      <DataTable
        label={t('nav.queues')}
        rows={rows}
        columns={columns}
        id={(queue) => queue.id}
        current={open ?? undefined}
        onOpen={(queue) => setOpen(queue.id)}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={
          list.data?.length ? (
            <Empty title={t('admin.nothing')} text={t('admin.nothingText')} />
          ) : (
            <Empty
              title={t('admin.queue.empty')}
              text={t('admin.queue.emptyText')}
              {...(add ? { action: <Btn onClick={add}>{t('admin.queue.add')}</Btn> } : {})}
            />
          )
        }
      />
      {(open === 'new' || current) && (
        <QueueDrawer key={open} {...(current ? { queue: current } : {})} onClose={() => setOpen(null)} />
      )}
    </Page>
  );
}
