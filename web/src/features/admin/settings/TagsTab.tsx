import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok, uuid } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useCan } from '@/app/session';
import { useT } from '@/i18n';
import { toast } from '@/lib/errors';
import { fold } from '@/lib/fold';
import type { Tag } from '@/lib/types';
import { ColorField } from '@/ui/ColorField';
import { DataTable, RowName, type Column } from '@/ui/DataTable';
import { Tools } from '@/ui/Page';
import { freeColor } from '@/ui/palette';
import { Btn, Dot, Empty, TagChip } from '@/ui/parts';
import { SwitchRow } from '@/ui/SwitchRow';
import { changes, useForm, without } from '@/ui/useForm';
import { RecordDrawer } from '../RecordDrawer';

/** D28: words that people put on contacts and conversations. */
export function TagsTab() {
  const t = useT();
  const can = useCan();
  const list = useQuery(q.tags);
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<string | null>(null);
  const rows = list.data?.filter((tag) =>
    fold(`${tag.name} ${tag.description}`).includes(fold(search.trim())),
  );
  const columns: Column<Tag>[] = [
    {
      key: 'name',
      head: t('admin.tag.one'),
      cell: (tag) => (
        <div className="row g8 wrap">
          <RowName onOpen={() => setOpen(tag.id)}>
            <TagChip name={tag.name} c={tag.color} big />
          </RowName>
          {!tag.active && <span className="chip xs">{t('admin.inactive')}</span>}
        </div>
      ),
    },
    {
      key: 'description',
      head: t('admin.field.description'),
      width: 320,
      cell: (tag) => <span className="sec">{tag.description}</span>,
    },
    {
      key: 'use',
      head: t('admin.tag.use'),
      width: 240,
      cell: (tag) => (
        <span className="sec num">
          {[
            tag.tickets > 0 && t('admin.tag.inTickets', { count: tag.tickets }),
            tag.contacts > 0 && t('admin.tag.inContacts', { count: tag.contacts }),
          ]
            .filter(Boolean)
            .join(' · ') || t('admin.tag.unused')}
        </span>
      ),
    },
  ];
  const add = can('tag.edit') ? () => setOpen('new') : undefined;
  const current = list.data?.find((tag) => tag.id === open);
  return (
    <>
      <Tools
        search={search}
        onSearch={setSearch}
        placeholder={t('admin.tag.search')}
        {...(add ? { onAdd: add } : {})}
      />
      <DataTable
        label={t('admin.tag.many')}
        rows={rows}
        columns={columns}
        id={(tag) => tag.id}
        current={open ?? undefined}
        onOpen={(tag) => setOpen(tag.id)}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={
          list.data?.length ? (
            <Empty title={t('admin.nothing')} text={t('admin.nothingText')} />
          ) : (
            <Empty
              title={t('admin.tag.empty')}
              text={t('admin.tag.emptyText')}
              {...(add ? { action: <Btn onClick={add}>{t('admin.tag.add')}</Btn> } : {})}
            />
          )
        }
      />
      {(open === 'new' || current) && (
        <TagDrawer key={open} {...(current ? { tag: current } : {})} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

function TagDrawer({ tag, onClose }: { tag?: Tag; onClose: () => void }) {
  const t = useT();
  const can = useCan();
  const { data: tags } = useQuery(q.tags);
  const [key] = useState(uuid);
  const [start] = useState(() => ({
    name: tag?.name ?? '',
    color: tag?.color ?? freeColor(tags?.map((one) => one.color) ?? []),
    description: tag?.description ?? '',
    active: tag?.active ?? true,
  }));
  const form = useForm(start, async (values, before) => {
    if (tag)
      await ok(
        api.PATCH('/api/v1/tags/{id}', { params: { path: { id: tag.id } }, body: changes(values, before) }),
      );
    else {
      const body = without(values, 'active');
      await ok(api.POST('/api/v1/tags', { params: { header: { 'Idempotency-Key': key } }, body }));
    }
    await queryClient.invalidateQueries({ queryKey: ['tags'] });
    toast(t('admin.saved'));
    onClose();
  });
  const { values, set, wrong } = form;
  const path = { path: { id: tag?.id ?? '' } };
  const used = Boolean(tag && tag.tickets + tag.contacts > 0);
  return (
    <RecordDrawer
      title={tag?.name ?? t('admin.tag.add')}
      icon={<Dot c={values.color} />}
      id={tag?.id}
      noun="tags"
      form={form}
      editable={can('tag.edit')}
      removal={
        can('tag.edit') && tag && !used
          ? {
              title: t('admin.tag.removeTitle', { name: tag.name }),
              text: t('admin.tag.removeText'),
              run: async () => {
                await ok(api.DELETE('/api/v1/tags/{id}', { params: path }));
                await queryClient.invalidateQueries({ queryKey: ['tags'] });
              },
            }
          : undefined
      }
      history={(cursor) =>
        ok(api.GET('/api/v1/tags/{id}/history', { params: { ...path, query: { cursor } } }))
      }
      onClose={onClose}
    >
      <TextInput
        label={t('admin.field.name')}
        required
        withAsterisk={false}
        maxLength={60}
        data-autofocus={!tag || undefined}
        value={values.name}
        error={wrong.name}
        onChange={(e) => set('name', e.currentTarget.value)}
      />
      <ColorField value={values.color} error={wrong.color} onChange={(color) => set('color', color)} />
      <TextInput
        label={t('admin.field.description')}
        maxLength={200}
        value={values.description}
        error={wrong.description}
        onChange={(e) => set('description', e.currentTarget.value)}
      />
      {tag && (
        <SwitchRow
          label={t('admin.activeTag')}
          help={t(used ? 'admin.tag.usedHelp' : 'admin.tag.activeHelp')}
          checked={values.active}
          error={wrong.active}
          onChange={(on) => set('active', on)}
        />
      )}
    </RecordDrawer>
  );
}
