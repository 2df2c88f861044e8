import { MultiSelect, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { q } from '@/api/query';
import { useCan } from '@/app/session';
import { useT } from '@/i18n';
import { DataTable } from '@/ui/DataTable';
import { Page, Tools } from '@/ui/Page';
import { Btn, Empty } from '@/ui/parts';
import { useColumns } from './columns';
import { ContactDrawer } from './ContactDrawer';
import { More } from './More';
import { contactList } from './queries';
import './contacts.css';

const NOBODY = 'nobody';

/** D03 Contatos: the people outside. */
export function ContactsPage() {
  const t = useT();
  const can = useCan();
  const { data: tags } = useQuery(q.tags);
  const { data: users } = useQuery({ ...q.users, enabled: can('user.view') });
  const [search, setSearch] = useState('');
  const [text] = useDebouncedValue(search.trim(), 200);
  const [tag, setTag] = useState<string[]>([]);
  const [owner, setOwner] = useState<string | null>(null);
  const [blocked, setBlocked] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const unowned = owner === NOBODY;
  const filter = {
    q: text,
    tag,
    owner: owner && !unowned ? [owner] : [],
    unowned,
    blocked: blocked !== null,
  };
  const list = useInfiniteQuery(contactList(filter));
  const rows = list.data?.pages.flatMap((page) => page.items);
  const filtered = Boolean(text || tag.length || owner || blocked);
  const columns = useColumns(setOpen);
  const clear = { clearable: true, clearButtonProps: { 'aria-label': t('admin.clear') } };

  const add = can('contact.edit') ? () => setOpen('new') : undefined;
  return (
    <Page title={t('nav.contacts')} subtitle={t('contacts.subtitle')}>
      <Tools
        search={search}
        onSearch={setSearch}
        placeholder={t('contacts.search')}
        add={t('contacts.add')}
        {...(add ? { onAdd: add } : {})}
      >
        <MultiSelect
          className="cfilter"
          aria-label={t('contacts.tags')}
          placeholder={tag.length ? undefined : t('contacts.anyTag')}
          searchable
          {...clear}
          data={(tags ?? []).map((one) => ({ value: one.id, label: one.name }))}
          value={tag}
          onChange={setTag}
        />
        {users && (
          <Select
            className="cfilter"
            aria-label={t('contacts.wallet')}
            placeholder={t('contacts.anyWallet')}
            searchable
            {...clear}
            data={[
              { value: NOBODY, label: t('contacts.noWallet') },
              ...users.filter((u) => u.active).map((u) => ({ value: u.id, label: u.name })),
            ]}
            value={owner}
            onChange={setOwner}
          />
        )}
        <Select
          className="cfilter"
          aria-label={t('contacts.situation')}
          placeholder={t('contacts.anySituation')}
          {...clear}
          data={[{ value: 'blocked', label: t('contacts.blockedOnly') }]}
          value={blocked}
          onChange={setBlocked}
        />
      </Tools>
      <DataTable
        label={t('nav.contacts')}
        rows={rows}
        columns={columns}
        id={(c) => c.id}
        current={open ?? undefined}
        onOpen={(c) => setOpen(c.id)}
        error={list.error}
        onRetry={() => void list.refetch()}
        empty={
          filtered ? (
            <Empty title={t('admin.nothing')} text={t('contacts.nothingText')} />
          ) : (
            <Empty
              title={t('contacts.empty')}
              text={t('contacts.emptyText')}
              {...(add ? { action: <Btn onClick={add}>{t('contacts.add')}</Btn> } : {})}
            />
          )
        }
        foot={
          list.hasNextPage && <More busy={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />
        }
      />
      {open && (
        <ContactDrawer key={open} id={open === 'new' ? undefined : open} onClose={() => setOpen(null)} />
      )}
    </Page>
  );
}
