import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { q } from '@/api/query';
import { useCan } from '@/app/session';
import { useNames } from '@/features/inbox/names';
import { useT } from '@/i18n';
import { fold } from '@/lib/fold';
import type { Team, User } from '@/lib/types';
import { DataTable, RowName, type Column } from '@/ui/DataTable';
import { Page, Tools } from '@/ui/Page';
import { Avatar, Btn, Dot, Empty } from '@/ui/parts';
import { Tabs } from '@/ui/Tabs';
import { asked } from '../asked';
import { TeamDrawer } from './TeamDrawer';
import { UserDrawer } from './UserDrawer';

/** Equipe: the people who serve, and teams of them. */
export function TeamPage() {
  const t = useT();
  const users = useQuery(q.users);
  const teams = useQuery(q.teams);
  const [tab, setTab] = useState('users');
  return (
    <Page title={t('nav.team')} subtitle={t('admin.user.subtitle')}>
      <div className="ptabs">
        <Tabs
          label={t('nav.team')}
          value={tab}
          onChange={setTab}
          items={[
            { key: 'users', label: t('admin.user.many'), count: users.data?.filter((u) => u.active).length },
            { key: 'teams', label: t('admin.team.many'), count: teams.data?.length },
          ]}
        />
      </div>
      {tab === 'users' ? <Users /> : <Teams />}
    </Page>
  );
}

function Users() {
  const t = useT();
  const can = useCan();
  const names = useNames();
  const list = useQuery(q.users);
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<string | null>(() => (asked() && can('user.edit') ? 'new' : null));
  const wanted = fold(search.trim());
  const rows = list.data
    ?.filter((u) => fold(`${u.name} ${u.email ?? ''}`).includes(wanted))
    .sort((a, b) => Number(b.active) - Number(a.active) || a.name.localeCompare(b.name));

  const columns: Column<User>[] = [
    {
      key: 'name',
      head: t('admin.user.one'),
      cell: (u) => (
        <div className="first">
          <Avatar
            id={u.id}
            name={u.name}
            size={38}
            photo={u.photo_url}
            presence={u.active ? u.online && u.available : undefined}
          />
          <div>
            <div className="row g8 wrap">
              <RowName onOpen={() => setOpen(u.id)}>{u.name}</RowName>
              {!u.active && <span className="chip xs">{t('admin.inactive')}</span>}
            </div>
            <div className="sub">{u.email}</div>
          </div>
        </div>
      ),
    },
    {
      key: 'role',
      head: t('admin.field.role'),
      width: 150,
      cell: (u) => <span className="sec">{t(`admin.role.${u.role}`)}</span>,
    },
    {
      key: 'queues',
      head: t('admin.field.queues'),
      width: 260,
      cell: (u) =>
        u.queues.length || u.teams.length || u.role !== 'user' ? (
          <span className="row g12 wrap sec">
            {u.queues.map((id) => {
              const queue = names.queue(id);
              return queue ? (
                <span key={id} className="q">
                  <Dot c={queue.color} />
                  {queue.name}
                </span>
              ) : null;
            })}
          </span>
        ) : (
          <span className="state warn">{t('admin.user.noQueue')}</span>
        ),
    },
    {
      key: 'presence',
      minor: true,
      head: t('admin.user.presence'),
      width: 140,
      cell: (u) => <span className="sec">{u.active ? presence(u, t) : ''}</span>,
    },
  ];
  const add = can('user.edit') ? () => setOpen('new') : undefined;
  const current = list.data?.find((u) => u.id === open);
  return (
    <>
      <Tools
        search={search}
        onSearch={setSearch}
        placeholder={t('admin.user.search')}
        {...(add ? { onAdd: add, add: t('admin.user.add') } : {})}
      />
      <DataTable
        label={t('admin.user.many')}
        rows={rows}
        columns={columns}
        id={(u) => u.id}
        current={open ?? undefined}
        onOpen={(u) => setOpen(u.id)}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={<Empty title={t('admin.nothing')} text={t('admin.nothingText')} />}
      />
      {(open === 'new' || current) && (
        <UserDrawer key={open} {...(current ? { user: current } : {})} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

function presence(u: User, t: ReturnType<typeof useT>): string {
  if (!u.online) return t('admin.user.offline');
  return u.available ? t('admin.user.online') : u.pause_reason || t('admin.user.paused');
}

function Teams() {
  const t = useT();
  const can = useCan();
  const names = useNames();
  const list = useQuery(q.teams);
  const { data: users } = useQuery(q.users);
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<string | null>(null);
  const rows = list.data?.filter((team) => fold(team.name).includes(fold(search.trim())));
  const person = (id: string | null) => users?.find((u) => u.id === id);

  const columns: Column<Team>[] = [
    {
      key: 'name',
      head: t('admin.team.one'),
      cell: (team) => <RowName onOpen={() => setOpen(team.id)}>{team.name}</RowName>,
    },
    {
      key: 'members',
      head: t('admin.field.members'),
      width: 240,
      cell: (team) => (
        <span className="row g4">
          {team.members.slice(0, 6).map((id) => (
            <Avatar
              key={id}
              id={id}
              name={person(id)?.name ?? ''}
              size={26}
              photo={person(id)?.photo_url}
              title={person(id)?.name ?? ''}
            />
          ))}
          <span className="sec num">{t('admin.team.count', { count: team.members.length })}</span>
        </span>
      ),
    },
    {
      key: 'queues',
      head: t('admin.field.queues'),
      width: 260,
      cell: (team) => (
        <span className="sec">
          {team.queues
            .map((id) => names.queue(id)?.name)
            .filter(Boolean)
            .join(', ')}
        </span>
      ),
    },
    {
      key: 'leader',
      head: t('admin.field.leader_id'),
      width: 170,
      cell: (team) => <span className="sec">{person(team.leader_id)?.name}</span>,
    },
  ];
  const add = can('team.edit') ? () => setOpen('new') : undefined;
  const current = list.data?.find((team) => team.id === open);
  return (
    <>
      <Tools
        search={search}
        onSearch={setSearch}
        placeholder={t('admin.team.search')}
        {...(add ? { onAdd: add, add: t('admin.team.add') } : {})}
      />
      <DataTable
        label={t('admin.team.many')}
        rows={rows}
        columns={columns}
        id={(team) => team.id}
        current={open ?? undefined}
        onOpen={(team) => setOpen(team.id)}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={
          list.data?.length ? (
            <Empty title={t('admin.nothing')} text={t('admin.nothingText')} />
          ) : (
            <Empty
              title={t('admin.team.empty')}
              text={t('admin.team.emptyText')}
              {...(add ? { action: <Btn onClick={add}>{t('admin.team.add')}</Btn> } : {})}
            />
          )
        }
      />
      {(open === 'new' || current) && (
        <TeamDrawer key={open} {...(current ? { team: current } : {})} onClose={() => setOpen(null)} />
      )}
    </>
  );
}
