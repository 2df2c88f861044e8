import { Select } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useCan } from '@/app/session';
import { useT } from '@/i18n';
import { toast, toastError } from '@/lib/errors';
import { fold } from '@/lib/fold';
import { moment } from '@/lib/format';
import { languageName } from '@/lib/languages';
import type { Template } from '@/lib/types';
import { DataTable, RowName, type Column } from '@/ui/DataTable';
import { Page, Tools } from '@/ui/Page';
import { Btn, Empty } from '@/ui/parts';
import { sampleOf } from './sample';
import { TemplateDrawer } from './TemplateDrawer';
import { TemplateForm } from './TemplateForm';
import { metaWord, tone } from './words';

/** Modelos: what may be sent when the window is closed. */
export function TemplatesPage() {
  const t = useT();
  const can = useCan();
  const list = useQuery(q.templates);
  const { data: connections } = useQuery(q.connections);
  const [search, setSearch] = useState('');
  const [status, setStatus] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const all = list.data;
  const wanted = fold(search.trim());
  const rows = all
    ?.filter((one) => !status || one.status === status)
    .filter((one) => fold(`${one.name} ${sampleOf(one.components).body}`).includes(wanted));
  const statuses = [...new Set(all?.map((one) => one.status))];
  const synced = all
    ?.map((one) => one.synced_at ?? '')
    .sort()
    .at(-1);
  const lines = connections?.filter((c) => c.capabilities.templates) ?? [];

  async function sync() {
    setBusy(true);
    try {
      await ok(api.POST('/api/v1/templates/sync', { body: {} }));
      await queryClient.invalidateQueries({ queryKey: ['templates'] });
      toast(t('admin.template.synced'));
    } catch (refusal) {
      toastError(refusal);
    } finally {
      setBusy(false);
    }
  }

  const columns: Column<Template>[] = [
    {
      key: 'name',
      head: t('admin.template.one'),
      cell: (one) => (
        <div className="tname">
          <RowName onOpen={() => setOpen(one.id)}>{one.name}</RowName>
          <div className="sub trunc">{sampleOf(one.components).body}</div>
        </div>
      ),
    },
    {
      key: 'category',
      head: t('admin.template.categoryHead'),
      width: 130,
      cell: (one) => <span className="sec">{metaWord('category', one.category)}</span>,
    },
    {
      key: 'language',
      head: t('admin.template.language'),
      width: 170,
      cell: (one) => <span className="sec">{languageName(one.language)}</span>,
    },
    {
      key: 'status',
      head: t('admin.template.statusHead'),
      width: 150,
      cell: (one) => <span className={`chip ${tone(one.status)}`}>{metaWord('status', one.status)}</span>,
    },
    {
      key: 'quality',
      minor: true,
      head: t('admin.template.qualityHead'),
      width: 110,
      cell: (one) => <span className={`state ${tone(one.quality)}`}>{metaWord('quality', one.quality)}</span>,
    },
  ];

  const add = can('template.edit') && lines.length > 0 ? () => setOpen('new') : undefined;
  const current = all?.find((one) => one.id === open);
  return (
    <Page
      title={t('nav.templates')}
      subtitle={t('admin.template.subtitle')}
      actions={
        can('template.sync') && (
          <Btn
            size="medium"
            icon={<IconRefresh size={16} />}
            busy={busy}
            onClick={() => void sync()}
            title={synced ? t('admin.template.syncedAt', { when: moment(synced) }) : undefined}
          >
            {t('admin.template.sync')}
          </Btn>
        )
      }
    >
      <Tools
        search={search}
        onSearch={setSearch}
        placeholder={t('admin.template.search')}
        {...(add ? { onAdd: add, add: t('admin.template.add') } : {})}
      >
        <Select
          className="cfilter"
          aria-label={t('admin.template.statusHead')}
          placeholder={t('admin.template.anyStatus')}
          clearable
          data={statuses.map((code) => ({ value: code, label: metaWord('status', code) }))}
          value={status}
          onChange={setStatus}
          clearButtonProps={{ 'aria-label': t('admin.clear') }}
        />
      </Tools>
      <DataTable
        label={t('nav.templates')}
        rows={rows}
        columns={columns}
        id={(one) => one.id}
        current={open ?? undefined}
        onOpen={(one) => setOpen(one.id)}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={
          all?.length ? (
            <Empty title={t('admin.nothing')} text={t('admin.nothingText')} />
          ) : (
            <Empty
              title={t('admin.template.empty')}
              text={t('admin.template.emptyText')}
              {...(add ? { action: <Btn onClick={add}>{t('admin.template.add')}</Btn> } : {})}
            />
          )
        }
        foot={synced && <p className="help num">{t('admin.template.syncedAt', { when: moment(synced) })}</p>}
      />
      {open === 'new' && <TemplateForm onClose={() => setOpen(null)} onMade={setOpen} />}
      {current && <TemplateDrawer key={current.id} template={current} onClose={() => setOpen(null)} />}
    </Page>
  );
}
