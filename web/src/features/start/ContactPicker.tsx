import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconMessageCircle, IconSearch, IconUserPlus } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '@/api/client';
import { ContactForm } from '@/features/contacts/ContactForm';
import { useT } from '@/i18n';
import { formatPhone } from '@/lib/phone';
import { Avatar, Btn } from '@/ui/parts';
import type { Who } from './useWizard';

/** B3: found by name, e-mail or any three digits; blocked people can't be chosen. */
export function ContactPicker({
  who,
  onChoose,
  onNext,
}: {
  who: Who | null;
  onChoose: (who: Who) => void;
  onNext: () => void;
}) {
  const t = useT();
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 200);
  const [adding, setAdding] = useState(false);
  const { data, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['contacts', 'picker', asked],
    queryFn: ({ pageParam, signal }) =>
      ok(
        api.GET('/api/v1/contacts', {
          params: { query: { q: asked || undefined, cursor: pageParam || undefined, limit: 30 } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const contacts = data?.pages.flatMap((page) => page.items) ?? [];
  const chosen = who && 'contact' in who ? who.contact.id : undefined;
  return (
    <div className="col g12">
      <div className="row g8">
        <TextInput
          className="grow"
          type="search"
          aria-label={t('start.searchContact')}
          placeholder={t('start.searchContact')}
          leftSection={<IconSearch size={16} />}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
        />
        <Btn icon={<IconUserPlus size={16} />} onClick={() => setAdding(true)}>
          {t('contact.new')}
        </Btn>
      </div>
      {who && 'phone' in who && (
        <button type="button" className="opt" aria-pressed onClick={onNext}>
          <span className="col">
            <span className="med num">{formatPhone(who.phone)}</span>
            <span className="x13 sec">{t('start.newNumber')}</span>
          </span>
        </button>
      )}
      <ul className="picks">
        {contacts.map((c) => (
          <li key={c.id}>
            <button
              type="button"
              disabled={c.blocked}
              aria-pressed={c.id === chosen}
              onClick={() => (c.id === chosen ? onNext() : onChoose({ contact: c }))}
            >
              <Avatar id={c.id} name={c.name} size={36} photo={c.photo_url} />
              <span className="grow trunc">
                <span className="med blk trunc">{c.name}</span>
                <span className="mut x12 num">
                  {[formatPhone(c.phone), c.email, c.blocked ? t('contact.blocked') : '']
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </span>
              <IconMessageCircle size={18} className="pickgo" />
            </button>
          </li>
        ))}
      </ul>
      {data && contacts.length === 0 && <p className="mut x13">{t('contact.none')}</p>}
      {hasNextPage && (
        <Btn kind="ghost" onClick={() => void fetchNextPage()}>
          {t('action.more')}
        </Btn>
      )}
      {adding && (
        <ContactForm
          onClose={() => setAdding(false)}
          onSaved={(contact) => {
            setText('');
            void refetch();
            onChoose({ contact });
          }}
        />
      )}
    </div>
  );
}
