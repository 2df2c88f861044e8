import { Select } from '@mantine/core';
import { IconExternalLink, IconRefresh } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, ok } from '@/api/client';
import { queryClient } from '@/api/query';
import { useMe } from '@/app/session';
import { Missing } from '@/app/Missing';
import { useT } from '@/i18n';
import { toastError } from '@/lib/errors';
import { formatPhone } from '@/lib/phone';
import { Page } from '@/ui/Page';
import { Btn, Empty } from '@/ui/parts';
import { sim } from './api';
import { ChatList } from './ChatList';
import { Controls } from './Controls';
import { Phone } from './Phone';
import './sandbox.css';

/** The phone that plays the customer. */
export function SandboxPage() {
  const t = useT();
  const me = useMe();
  const { data: connections, isPending } = useQuery({ ...sim.connections, enabled: me.sandbox });
  const [connectionId, setConnection] = useState<string | null>(null);
  const [chatId, setChat] = useState<string | null>(null);
  const connection = connections?.find((c) => c.connection_id === connectionId) ?? connections?.[0];
  const { data: chats } = useQuery(sim.chats(connection?.connection_id ?? ''));
  const chat = chats?.find((c) => c.id === chatId);

  // The chat on the screen is read at once; the one left is not.
  useEffect(() => {
    if (!chatId) return;
    const set = (open: boolean) => void ok(api.PATCH('/api/v1/sandbox/chats/{id}', { params: { path: { id: chatId } }, body: { open } })).catch(() => undefined);
    set(true);
    return () => set(false);
  }, [chatId]);

  if (!me.sandbox) return <Missing />;
  async function reset() {
    if (!confirm(t('sandbox.resetText'))) return;
    try {
      await ok(api.POST('/api/v1/sandbox/reset'));
      setChat(null);
      void queryClient.invalidateQueries({ queryKey: ['sim'] });
    } catch (error) {
      toastError(error);
    }
  }
  return (
    <Page
      title={t('sandbox.title')}
      subtitle={t('sandbox.subtitle')}
      actions={
        <>
          {connections && connections.length > 1 && (
            <Select aria-label={t('sandbox.connection')} data={connections.map((c) => ({ value: c.connection_id, label: `${c.name} · ${formatPhone(c.identifier)}` }))} value={connection?.connection_id ?? null} onChange={(id) => { setConnection(id); setChat(null); }} />
          )}
          <Btn kind="ghost" size="medium" icon={<IconRefresh size={16} />} onClick={() => void reset()}>
            {t('sandbox.reset')}
          </Btn>
          <Link to="/atendimentos" search={{ tab: 'pending' }} target="_blank" className="btn d m">
            <IconExternalLink size={16} />
            {t('sandbox.toInbox')}
          </Link>
        </>
      }
    >
      {connection ? (
        <div className="sbx">
          <ChatList connection={connection} chats={chats ?? []} current={chatId} onOpen={setChat} />
          <div className="sbstage">
            {chat ? <Phone key={chat.id} chat={chat} onBack={() => setChat(null)} /> : <Empty title={t('sandbox.pickTitle')} text={t('sandbox.pickText')} />}
          </div>
          <Controls connection={connection} chat={chat} />
        </div>
      ) : (
        !isPending && <Empty title={t('sandbox.noneTitle')} text={t('sandbox.noneText')} />
      )}
    </Page>
  );
}
