import { Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useT } from '@/i18n';
import { Empty } from '@/ui/parts';
import { Conversation } from './conversation/Conversation';
import { ListPane } from './list/ListPane';
import { ContactPanel } from './panel/ContactPanel';
import '@/ui/bubble.css';
import './list.css';
import './conversation.css';
import './conversation/content.css';
import './waiting.css';
import './composer/composer.css';
import './panel.css';

const media = (query: string) => [query, matchMedia(query).matches] as const;

function remembered(): boolean {
  try {
    return localStorage.getItem('prosa.panel') !== 'closed';
  } catch {
    return true;
  }
}

/** Atendimentos: list, conversation, contact; one at a time on phones. */
export function InboxPage() {
  const t = useT();
  const params: { ticketId?: string } = useParams({ strict: false });
  const search = useSearch({ from: '/frame/atendimentos' });
  const phone = useMediaQuery(...media('(max-width: 767px)'));
  const wide = useMediaQuery(...media('(min-width: 1200px)'));
  const tight = useMediaQuery(...media('(max-width: 959px)'));
  const [pinned, setPinned] = useState(remembered);
  const [floating, setFloating] = useState(false);
  const id = params.ticketId;

  useEffect(() => {
    try {
      localStorage.setItem('prosa.panel', pinned ? 'open' : 'closed');
    } catch {
      // storage may be refused
    }
  }, [pinned]);
  useEffect(() => setFloating(false), [id]);

  const panelOpen = wide ? pinned : floating;
  const toggle = () => (wide ? setPinned(!pinned) : setFloating(!floating));
  const panel = id && <ContactPanel key={`panel-${id}`} ticketId={id} onClose={toggle} />;

  return (
    <main className="inbox" id="conteudo" tabIndex={-1}>
      {(!phone || !id) && <ListPane tab={search.tab ?? 'open'} current={id} />}
      {id ? (
        <Conversation
          key={`talk-${id}`}
          ticketId={id}
          around={search.m}
          panelOpen={panelOpen}
          onPanel={toggle}
          phone={Boolean(phone)}
          tight={Boolean(tight)}
        />
      ) : (
        !phone && (
          <section className="conv">
            <Empty title={t('inbox.noneTitle')} text={t('inbox.noneText')} />
          </section>
        )
      )}
      {wide && pinned && panel}
      {!wide && (
        <Drawer
          opened={floating && Boolean(id)}
          onClose={() => setFloating(false)}
          size={phone ? '100%' : 360}
          withCloseButton={false}
          className="drawer-root"
          attributes={{ content: { 'aria-label': t('panel.title') } }}
        >
          {panel}
        </Drawer>
      )}
    </main>
  );
}
