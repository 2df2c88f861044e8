import { Drawer } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useDeferredValue, useEffect, useState } from 'react';
import { useT } from '@/i18n';
import { whenIdle } from '@/lib/idle';
import { Empty } from '@/ui/parts';
import { ListPane } from './list/ListPane';
import '@/ui/bubble.css';
import './list.css';
import './conversation.css';
import './conversation/content.css';
import './waiting.css';
import './composer/composer.css';
import './panel.css';

// The list stands first; what a conversation needs is fetched right behind it.
const opened = () => import('./opened');
const Conversation = lazy(() => opened().then((m) => ({ default: m.Conversation })));
const ContactPanel = lazy(() => opened().then((m) => ({ default: m.ContactPanel })));

const media = (query: string) => [query, matchMedia(query).matches] as const;

function remembered(): boolean {
  try {
    return localStorage.getItem('prosa.panel') !== 'closed';
  } catch {
    return true;
  }
}

/**
 * The conversation to draw. From one to another the list goes ahead: it marks
 * its row at once, and who walks through it with j and k never waits for what
 * she passes by.
 */
function useShown(id: string | undefined, phone: boolean): string | undefined {
  const late = useDeferredValue(id);
  return phone || !id || !late ? id : late;
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
  const id = useShown(params.ticketId, Boolean(phone));
  const passed = id !== params.ticketId;

  useEffect(() => {
    try {
      localStorage.setItem('prosa.panel', pinned ? 'open' : 'closed');
    } catch {
      // storage may be refused
    }
  }, [pinned]);
  useEffect(() => setFloating(false), [id]);
  useEffect(() => whenIdle(() => void opened()), []);

  const panelOpen = wide ? pinned : floating;
  const toggle = () => (wide ? setPinned(!pinned) : setFloating(!floating));
  const panel = id && (
    <Suspense fallback={<aside className="panel" aria-busy="true" />}>
      <ContactPanel key={`panel-${id}`} ticketId={id} onClose={toggle} />
    </Suspense>
  );

  return (
    <main className="inbox" id="conteudo" tabIndex={-1}>
      {(!phone || !id) && <ListPane tab={search.tab ?? 'open'} current={params.ticketId} />}
      {id ? (
        <Suspense fallback={<section className="conv" aria-busy="true" />}>
          <Conversation
            key={`talk-${id}`}
            ticketId={id}
            passed={passed}
            around={passed ? undefined : search.m}
            panelOpen={panelOpen}
            onPanel={toggle}
            phone={Boolean(phone)}
            tight={Boolean(tight)}
          />
        </Suspense>
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
