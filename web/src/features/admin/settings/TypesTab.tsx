import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok, uuid } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useCan } from '@/app/session';
import { useT } from '@/i18n';
import { toast } from '@/lib/errors';
import { fold } from '@/lib/fold';
import { fullDate } from '@/lib/format';
import type { TicketType } from '@/lib/types';
import { DataTable, RowName, type Column } from '@/ui/DataTable';
import { Tools } from '@/ui/Page';
import { Btn, Empty } from '@/ui/parts';
import { SwitchRow } from '@/ui/SwitchRow';
import { changes, useForm, without } from '@/ui/useForm';
import { RecordDrawer } from '../RecordDrawer';

/** D29: what a conversation is about, chosen when it starts. */
export function TypesTab() {
  const t = useT();
  const can = useCan();
  const list = useQuery(q.types);
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<string | null>(null);
  const rows = list.data?.filter((type) => fold(type.name).includes(fold(search.trim())));
  const columns: Column<TicketType>[] = [
    {
      key: 'name',
      head: t('admin.type.one'),
      cell: (type) => (
        <div className="row g8 wrap">
          <RowName onOpen={() => setOpen(type.id)}>{type.name}</RowName>
          {type.default && <span className="chip xs acc">{t('admin.type.default')}</span>}
          {!type.active && <span className="chip xs">{t('admin.inactive')}</span>}
        </div>
      ),
    },
    {
      key: 'created',
      minor: true,
      head: t('admin.createdAt'),
      width: 180,
      cell: (type) => <span className="sec">{type.created_at && fullDate(type.created_at)}</span>,
    },
  ];
  const add = can('ticket_type.edit') ? () => setOpen('new') : undefined;
  const current = list.data?.find((type) => type.id === open);
  return (
    <>
      <Tools
        search={search}
        onSearch={setSearch}
        placeholder={t('admin.type.search')}
        {...(add ? { onAdd: add } : {})}
      />
      <DataTable
        label={t('admin.type.many')}
        rows={rows}
        columns={columns}
        id={(type) => type.id}
        current={open ?? undefined}
        onOpen={(type) => setOpen(type.id)}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={
          list.data?.length ? (
            <Empty title={t('admin.nothing')} text={t('admin.nothingText')} />
          ) : (
            <Empty
              title={t('admin.type.empty')}
              text={t('admin.type.emptyText')}
              {...(add ? { action: <Btn onClick={add}>{t('admin.type.add')}</Btn> } : {})}
            />
          )
        }
      />
      {(open === 'new' || current) && (
        <TypeDrawer key={open} {...(current ? { type: current } : {})} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

function TypeDrawer({ type, onClose }: { type?: TicketType; onClose: () => void }) {
  const t = useT();
  const can = useCan();
  const [key] = useState(uuid);
  const [start] = useState(() => ({
    name: type?.name ?? '',
    default: type?.default ?? false,
    active: type?.active ?? true,
  }));
  const form = useForm(start, async (values, before) => {
    if (type)
      await ok(
        api.PATCH('/api/v1/ticket-types/{id}', {
          params: { path: { id: type.id } },
          body: changes(values, before),
        }),
      );
    else {
      const body = without(values, 'active');
      await ok(api.POST('/api/v1/ticket-types', { params: { header: { 'Idempotency-Key': key } }, body }));
    }
    await queryClient.invalidateQueries({ queryKey: ['ticket-types'] });
    toast(t('admin.saved'));
    onClose();
  });
  const { values, set, wrong } = form;
  const path = { path: { id: type?.id ?? '' } };
  return (
    <RecordDrawer
      title={type?.name ?? t('admin.type.add')}
      id={type?.id}
      noun="ticket-types"
      form={form}
      editable={can('ticket_type.edit')}
      removal={
        can('ticket_type.edit') && type
          ? {
              title: t('admin.type.removeTitle', { name: type.name }),
              text: t('admin.type.removeText'),
              run: async () => {
                await ok(api.DELETE('/api/v1/ticket-types/{id}', { params: path }));
                await queryClient.invalidateQueries({ queryKey: ['ticket-types'] });
              },
            }
          : undefined
      }
      history={(cursor) =>
        ok(api.GET('/api/v1/ticket-types/{id}/history', { params: { ...path, query: { cursor } } }))
      }
      onClose={onClose}
    >
      <TextInput
        label={t('admin.field.name')}
        description={t('admin.type.nameHint')}
        required
        withAsterisk={false}
        maxLength={60}
        data-autofocus={!type || undefined}
        value={values.name}
        error={wrong.name}
        onChange={(e) => set('name', e.currentTarget.value)}
      />
      <SwitchRow
        label={t('admin.type.defaultLabel')}
        help={t('admin.type.defaultHelp')}
        checked={values.default}
        error={wrong.default}
        onChange={(on) => set('default', on)}
      />
      {type && (
        <SwitchRow
          label={t('admin.active')}
          help={t('admin.type.activeHelp')}
          checked={values.active}
          error={wrong.active}
          onChange={(on) => set('active', on)}
        />
      )}
    </RecordDrawer>
  );
}
