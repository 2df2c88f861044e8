import { Modal, Switch, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { api, ok } from '@/api/client';
import { queryClient } from '@/api/query';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import { errorText } from '@/lib/errors';
import { formatPhone, withDDI } from '@/lib/phone';
import type { SimChat, SimConnection, SimMessage } from '@/lib/types';
import { Avatar, Btn } from '@/ui/parts';

interface Props {
  connection: SimConnection;
  chats: SimChat[];
  current: string | null;
  onOpen: (id: string) => void;
}

export function ChatList({ connection, chats, current, onOpen }: Props) {
  const t = useT();
  const [adding, setAdding] = useState(false);
  return (
    <section className="sblist" aria-label={t('sandbox.customers')}>
      <div className="row sbh">
        <h2 className="grow semi">{t('sandbox.customers')}</h2>
        <Btn size="small" icon={<IconPlus size={15} />} onClick={() => setAdding(true)}>
          {t('sandbox.new')}
        </Btn>
      </div>
      <ul className="scroll grow">
        {chats.map((chat) => (
          <li key={chat.id}>
            <button type="button" className={chat.id === current ? 'sel' : ''} aria-current={chat.id === current || undefined} onClick={() => onOpen(chat.id)}>
              <Avatar id={chat.id} name={chat.name || chat.phone} size={36} />
              <span className="grow trunc">
                <span className="med blk trunc">{chat.name || formatPhone(chat.phone)}</span>
                <span className="x13 sec blk trunc">{chat.last_message ? words(chat.last_message, t) : formatPhone(chat.phone)}</span>
              </span>
              {chat.unread > 0 && <span className="count">{chat.unread}</span>}
            </button>
          </li>
        ))}
        {chats.length === 0 && <li className="mut x13 sbnone">{t('sandbox.noChats')}</li>}
      </ul>
      {adding && <NewChat connection={connection.connection_id} onClose={() => setAdding(false)} onDone={onOpen} />}
    </section>
  );
}

function words(m: SimMessage, t: ReturnType<typeof useT>): string {
  const v = m.view;
  if (v.revoked) return t('timeline.deleted');
  return v.body ?? v.reply?.title ?? v.reaction?.emoji ?? (v.media ? t('sandbox.file', { name: v.media.name ?? v.media.kind }) : v.type);
}

function NewChat({ connection, onClose, onDone }: { connection: string; onClose: () => void; onDone: (id: string) => void }) {
  const t = useT();
  const me = useMe();
  const [form, setForm] = useState({ name: '', phone: '', hide_phone: false });
  const [error, setError] = useState<unknown>(null);
  async function submit() {
    try {
      const chat = await ok(
        api.POST('/api/v1/sandbox/chats', {
          body: { connection_id: connection, phone: withDDI(form.phone, me.account.default_ddi || '55').replace(/\D/g, ''), hide_phone: form.hide_phone, ...(form.name.trim() ? { name: form.name.trim() } : {}) },
        }),
      );
      await queryClient.invalidateQueries({ queryKey: ['sim', 'chats'] });
      onDone(chat.id);
      onClose();
    } catch (refusal) {
      setError(refusal);
    }
  }
  return (
    <Modal opened onClose={onClose} title={t('sandbox.newTitle')} size={400} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <form
        className="col g16"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextInput data-autofocus label={t('field.name')} value={form.name} onChange={(e) => setForm({ ...form, name: e.currentTarget.value })} />
        <TextInput label={t('field.phone')} type="tel" required withAsterisk={false} placeholder={t('list.phoneExample')} value={form.phone} error={error ? errorText(error) : undefined} onChange={(e) => setForm({ ...form, phone: e.currentTarget.value })} />
        <Switch label={t('sandbox.hidePhone')} checked={form.hide_phone} onChange={(e) => setForm({ ...form, hide_phone: e.currentTarget.checked })} />
        <div className="row modalfoot">
          <Btn kind="ghost" onClick={onClose}>
            {t('action.cancel')}
          </Btn>
          <Btn kind="primary" type="submit">
            {t('sandbox.create')}
          </Btn>
        </div>
      </form>
    </Modal>
  );
}
