import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconMessageCircle, IconPlus, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '@/api/client';
import { useCan } from '@/app/session';
import { useNames } from '@/features/inbox/names';
import { openStart } from '@/features/start/open';
import { useT } from '@/i18n';
import { fullDate } from '@/lib/format';
import { formatPhone } from '@/lib/phone';
import { Page } from '@/ui/Page';
import { Avatar, Btn, Empty, TagChip } from '@/ui/parts';
import { ContactForm } from './ContactForm';

export function ContactsPage() {
  const t = useT();
  const can = useCan();
  const names = useNames();
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 200);
  const [open, setOpen] = useState<string | 'new' | null>(null);
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage, isPending } = useInfiniteQuery({
    queryKey: ['contacts', asked],
    queryFn: ({ pageParam, signal }) => ok(api.GET('/api/v1/contacts', { params: { query: { q: asked || undefined, cursor: pageParam || undefined, limit: 50 } }, signal })),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const contacts = data?.pages.flatMap((page) => page.items) ?? [];
  const edit = can('contact.edit');
  return (
    <Page title={t('nav.contacts')} subtitle={t('contact.subtitle')}>
      <div className="ptools">
        <TextInput className="search" type="search" aria-label={t('contact.search')} placeholder={t('contact.search')} leftSection={<IconSearch size={16} />} value={text} onChange={(e) => setText(e.currentTarget.value)} />
        <span className="grow" />
        {edit && (
          <Btn kind="primary" icon={<IconPlus size={17} />} onClick={() => setOpen('new')}>
            {t('action.add')}
          </Btn>
        )}
      </div>
      <div className="pbody">
        {!isPending && contacts.length === 0 ? (
          <Empty title={asked ? t('search.none', { text: asked }) : t('contact.emptyTitle')} text={t('contact.emptyText')} />
        ) : (
          <table className="tbl">
            <thead>
              <tr>
                <th>{t('field.contact')}</th>
                <th>{t('field.phone')}</th>
                <th>{t('panel.tags')}</th>
                <th>{t('field.created')}</th>
                <th aria-label={t('action.options')} />
              </tr>
            </thead>
            <tbody>
              {contacts.map((c) => (
                <tr key={c.id} data-open={edit || undefined} onClick={() => edit && setOpen(c.id)}>
                  <td>
                    <div className="first">
                      <Avatar id={c.id} name={c.name} size={38} photo={c.photo_url} />
                      <div>
                        {edit ? (
                          <button type="button" className="nm" onClick={() => setOpen(c.id)}>
                            {c.name}
                          </button>
                        ) : (
                          <span className="nm">{c.name}</span>
                        )}
                        <div className="sub">{[c.company, c.email].filter(Boolean).join(' · ')}</div>
                      </div>
                    </div>
                  </td>
                  <td className="num">{formatPhone(c.phone)}</td>
                  <td>
                    <span className="row wrap g4">
                      {c.blocked && <span className="chip xs bad">{t('contact.blocked')}</span>}
                      {c.tags.map((id) => {
                        const tag = names.tag(id);
                        return tag && <TagChip key={id} name={tag.name} c={tag.color} />;
                      })}
                    </span>
                  </td>
                  <td className="num mut">{c.created_at ? fullDate(c.created_at) : ''}</td>
                  <td>
                    {can('ticket.start') && !c.blocked && (
                      <Btn
                        size="small"
                        kind="light"
                        icon={<IconMessageCircle size={15} />}
                        onClick={(event) => {
                          event.stopPropagation();
                          openStart({ contactId: c.id });
                        }}
                      >
                        {t('list.talk')}
                      </Btn>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {hasNextPage && (
          <div className="row center more">
            <Btn kind="ghost" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {t('action.more')}
            </Btn>
          </div>
        )}
      </div>
      {open && <ContactForm id={open === 'new' ? undefined : open} onClose={() => setOpen(null)} />}
    </Page>
  );
}
