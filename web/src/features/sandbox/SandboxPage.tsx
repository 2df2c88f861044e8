import { Drawer, Menu, Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconAdjustments, IconDots, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ok } from '@/api/client';
import { Missing } from '@/app/Missing';
import { useCan, useMe } from '@/app/session';
import { useT } from '@/i18n';
import { errorText, toast } from '@/lib/errors';
import { Confirm } from '@/ui/Confirm';
import { Btn, Empty, IconBtn } from '@/ui/parts';
import { ChatList } from './ChatList';
import { Controls } from './Controls';
import { NewChat } from './NewChat';
import { Phone } from './Phone';
import { chats, look, simConnections } from './queries';
import './sandbox.css';

/** /sandbox: a phone that plays the customer. */
export function SandboxPage() {
  const me = useMe();
  return me.sandbox ? <Simulator /> : <Missing />;
}

function Simulator() {
  const t = useT();
  const can = useCan();
  const narrow = useMediaQuery('(max-width: 767px)', matchMedia('(max-width: 767px)').matches);
  const wide = useMediaQuery('(min-width: 1200px)', matchMedia('(min-width: 1200px)').matches);
  const lines = useQuery(simConnections);
  const [line, setLine] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [open, setOpen] = useState<'new' | 'controls' | 'reset' | null>(null);
  const connection = lines.data?.find((c) => c.connection_id === line) ?? lines.data?.at(-1);
  const id = connection?.connection_id ?? '';
  const list = useQuery(chats(id));
  const chat = list.data?.find((c) => c.id === chosen) ?? (narrow ? undefined : list.data?.[0]);

  if (lines.data && !connection)
    return (
      <main className="page" id="conteudo" tabIndex={-1}>
        <Empty
          title={t('sandbox.noLine')}
          text={t('sandbox.noLineText')}
          {...(can('connection.edit')
            ? {
                action: (
                  <Link to="/conexoes" search={{ novo: 1 } as never} className="btn d">
                    {t('sandbox.addLine')}
                  </Link>
                ),
              }
            : {})}
        />
      </main>
    );
  if (lines.error && !lines.data)
    return (
      <main className="page" id="conteudo" tabIndex={-1}>
        <Empty
          title={t('admin.failed')}
          text={errorText(lines.error)}
          action={<Btn onClick={() => void lines.refetch()}>{t('admin.retry')}</Btn>}
        />
      </main>
    );

  const nobody = list.data?.length === 0;
  const controls = chat && connection && <Controls chat={chat} connection={connection} />;
  return (
    <main className="page sim" id="conteudo" tabIndex={-1}>
      {narrow && chat ? (
        <h1 className="vh">{t('sandbox.title')}</h1>
      ) : (
        <header className="ptop simtop">
          <h1>{t('sandbox.title')}</h1>
          <span className="sec x13 trunc psub">{t('sandbox.subtitle')}</span>
          <span className="grow" />
          {lines.data && lines.data.length > 0 && (
            <Select
              className="simline"
              aria-label={t('sandbox.line')}
              data={lines.data.map((c) => ({ value: c.connection_id, label: c.name }))}
              allowDeselect={false}
              value={id}
              onChange={setLine}
            />
          )}
          {!narrow && (
            <Link to="/atendimentos" className="btn d m">
              <IconExternalLink size={16} aria-hidden />
              {t('sandbox.desk')}
            </Link>
          )}
          <Menu position="bottom-end">
            <Menu.Target>
              <IconBtn label={t('sandbox.more')}>
                <IconDots size={18} />
              </IconBtn>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setOpen('reset')}>{t('sandbox.reset')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </header>
      )}
      <div className="simbody">
        {!(narrow && (chat || nobody)) && (
          <ChatList chats={list.data} current={chat?.id} onChoose={setChosen} onNew={() => setOpen('new')} />
        )}
        {(!narrow || chat || nobody) && (
          <section className="simstage" aria-label={t('sandbox.phone')}>
            {chat ? (
              <Phone key={chat.id} chat={chat} onBack={narrow ? () => setChosen(null) : undefined} />
            ) : (
              list.data && (
                <Empty
                  title={t('sandbox.noChat')}
                  text={t('sandbox.noChatText')}
                  action={<Btn onClick={() => setOpen('new')}>{t('sandbox.newTitle')}</Btn>}
                />
              )
            )}
            {!wide && chat && (
              <div className="simtools">
                <IconBtn label={t('sandbox.controls')} onClick={() => setOpen('controls')}>
                  <IconAdjustments size={20} />
                </IconBtn>
              </div>
            )}
          </section>
        )}
        {wide && controls && (
          <aside className="simside" aria-label={t('sandbox.controls')}>
            {controls}
          </aside>
        )}
      </div>
      {open === 'new' && connection && (
        <NewChat
          connection={id}
          onClose={() => setOpen(null)}
          onMade={(made) => {
            setChosen(made);
            setOpen(null);
          }}
        />
      )}
      <Drawer
        opened={open === 'controls'}
        onClose={() => setOpen(null)}
        size={380}
        position="right"
        title={t('sandbox.controls')}
        className="drawer-root"
        closeButtonProps={{ 'aria-label': t('admin.close') }}
      >
        <div className="scroll">{controls}</div>
      </Drawer>
      {open === 'reset' && (
        <Confirm
          title={t('sandbox.resetTitle')}
          text={t('sandbox.resetText')}
          action={t('sandbox.reset')}
          onConfirm={async () => {
            await ok(api.POST('/api/v1/sandbox/reset'));
            setChosen(null);
            await look();
            toast(t('sandbox.resetDone'));
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </main>
  );
}
