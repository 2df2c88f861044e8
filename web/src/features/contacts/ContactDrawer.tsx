import { IconBan, IconMessagePlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ApiError, ok, uuid } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useCan } from '@/app/session';
import { openStart } from '@/features/start/open';
import { useT } from '@/i18n';
import { toast, toastError } from '@/lib/errors';
import type { Contact } from '@/lib/types';
import { Confirm } from '@/ui/Confirm';
import { FormDrawer } from '@/ui/FormDrawer';
import { History } from '@/ui/History';
import { Avatar, Btn, IconBtn } from '@/ui/parts';
import { Skeleton } from '@/ui/Skeleton';
import { useForm } from '@/ui/useForm';
import { ContactFields } from './ContactFields';
import { bodyOf, patchOf, valuesOf } from './values';

interface Props {
  id?: string | undefined;
  onClose: () => void;
  /** Where a contact is being chosen: gets the saved one, or the one that has this number already. */
  onSaved?: ((contact: Contact) => void) | undefined;
  /** Shows another contact instead; here, if nobody else does. */
  onOther?: ((id: string) => void) | undefined;
}

const refresh = (contact?: Contact) => {
  if (contact) queryClient.setQueryData(q.contact(contact.id).queryKey, contact);
  return queryClient.invalidateQueries({ queryKey: ['contacts'] });
};

/** D03: a contact, new or known. */
export function ContactDrawer({ id: first, onClose, onSaved, onOther }: Props) {
  const t = useT();
  const [id, setId] = useState(first);
  const { data, error } = useQuery({ ...q.contact(id ?? ''), enabled: Boolean(id) });
  if (id && !data)
    return (
      <FormDrawer title={error ? t('admin.failed') : t('contacts.one')} onClose={onClose}>
        {!error && <Skeleton w="60%" h={16} />}
      </FormDrawer>
    );
  return (
    <Drawer
      key={data?.id ?? 'new'}
      contact={data}
      onClose={onClose}
      onSaved={onSaved}
      onOther={onOther ?? setId}
    />
  );
}

interface DrawerProps extends Omit<Props, 'id' | 'onOther'> {
  contact: Contact | undefined;
  onOther: (id: string) => void;
}

function Drawer({ contact, onClose, onSaved, onOther }: DrawerProps) {
  const t = useT();
  const can = useCan();
  const edit = can('contact.edit');
  const [key] = useState(uuid);
  const [tab, setTab] = useState('general');
  const [asking, setAsking] = useState<'remove' | 'block' | null>(null);
  const [start] = useState(() => valuesOf(contact));
  const path = { path: { id: contact?.id ?? '' } };

  const form = useForm(start, async (values, before) => {
    const saved = contact
      ? await ok(api.PATCH('/api/v1/contacts/{id}', { params: path, body: patchOf(values, before) }))
      : await ok(
          api.POST('/api/v1/contacts', {
            params: { header: { 'Idempotency-Key': key } },
            body: bodyOf(values),
          }),
        );
    await refresh(saved);
    toast(t('admin.saved'));
    onSaved?.(saved);
    onClose();
  });
  const twin = form.error instanceof ApiError ? String(form.error.params.contact_id ?? '') : '';

  async function takeTwin() {
    if (!onSaved) return onOther(twin);
    try {
      onSaved(await queryClient.fetchQuery(q.contact(twin)));
      onClose();
    } catch (refusal) {
      toastError(refusal);
    }
  }

  return (
    <FormDrawer
      title={contact?.name ?? t('contacts.add')}
      icon={contact && <Avatar id={contact.id} name={contact.name} size={38} photo={contact.photo_url} />}
      badge={contact?.blocked && <span className="chip xs bad">{t('contacts.blocked')}</span>}
      fresh={!contact}
      save={t(contact ? 'admin.save' : 'contacts.create')}
      form={edit && tab === 'general' ? form : undefined}
      {...(contact && can('history.view')
        ? {
            tabs: [
              { key: 'general', label: t('contacts.data') },
              { key: 'history', label: t('admin.history.tab') },
            ],
            tab,
            onTab: setTab,
          }
        : {})}
      actions={
        contact && (
          <>
            {can('contact.block') && (
              <IconBtn
                label={t(contact.blocked ? 'contacts.unblock' : 'contacts.block')}
                on={contact.blocked}
                onClick={() => setAsking('block')}
              >
                <IconBan size={18} />
              </IconBtn>
            )}
            {can('contact.delete') && (
              <IconBtn label={t('contacts.remove')} onClick={() => setAsking('remove')}>
                <IconTrash size={18} />
              </IconBtn>
            )}
          </>
        )
      }
      onClose={onClose}
    >
      {tab === 'history' && contact ? (
        <History
          queryKey={['contact', contact.id]}
          load={(cursor) =>
            ok(api.GET('/api/v1/contacts/{id}/history', { params: { ...path, query: { cursor } } }))
          }
        />
      ) : (
        <>
          {contact && !onSaved && can('ticket.start') && (
            <div>
              <Btn
                kind="light"
                icon={<IconMessagePlus size={16} />}
                onClick={() => {
                  openStart({ contactId: contact.id });
                  onClose();
                }}
              >
                {t('contacts.talk')}
              </Btn>
            </div>
          )}
          {twin && (
            <div className="infobox">
              <span className="grow">{t('contacts.twin')}</span>
              <button type="button" className="link" onClick={() => void takeTwin()}>
                {t(onSaved ? 'contacts.useTwin' : 'contacts.openTwin')}
              </button>
            </div>
          )}
          <ContactFields form={form} contact={contact} editable={edit} />
        </>
      )}
      {asking === 'remove' && contact && (
        <Confirm
          title={t('contacts.removeTitle', { name: contact.name })}
          text={t('contacts.removeText')}
          action={t('admin.remove')}
          onConfirm={async () => {
            await ok(api.DELETE('/api/v1/contacts/{id}', { params: path }));
            await refresh();
            toast(t('admin.removed'));
            onClose();
          }}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'block' && contact && (
        <Confirm
          title={t(contact.blocked ? 'contacts.unblockTitle' : 'contacts.blockTitle', { name: contact.name })}
          text={t(contact.blocked ? 'contacts.unblockText' : 'contacts.blockText')}
          action={t(contact.blocked ? 'contacts.unblock' : 'contacts.block')}
          danger={!contact.blocked}
          onConfirm={async () => {
            await refresh(
              await ok(
                api.PATCH('/api/v1/contacts/{id}', { params: path, body: { blocked: !contact.blocked } }),
              ),
            );
          }}
          onClose={() => setAsking(null)}
        />
      )}
    </FormDrawer>
  );
}
