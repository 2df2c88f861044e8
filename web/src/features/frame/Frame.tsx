import { useMantineColorScheme } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { onSignedOut } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { Missing } from '@/app/Missing';
import { SessionContext } from '@/app/session';
import { setLanguage, useT } from '@/i18n';
import { setTimeZone } from '@/lib/format';
import { startOutbox } from '@/lib/sending';
import type { Me, Notification } from '@/lib/types';
import { QueueQuestion } from '@/features/inbox/QueueQuestion';
import { StartHost } from '@/features/start/StartHost';
import { ConnectionBanner } from './ConnectionBanner';
import { useCommands, useKeys, type Group } from './commands';
import { useStream } from './link';
import { useClosed, usePlaces } from './nav';
import { Palette } from './Palette'; // at once: what is typed next belongs into it
import { PauseDialog } from './PauseDialog';
import { PhoneBar } from './PhoneBar';
import { Rail, type FrameActions } from './Rail';
import { SignOut } from './SignOut';
import { chime } from './sound';
import './frame.css';

const Shortcuts = lazy(() => import('./Shortcuts').then((m) => ({ default: m.Shortcuts })));
const Notices = lazy(() => import('./Notices').then((m) => ({ default: m.Notices })));
const Profile = lazy(() => import('./Profile').then((m) => ({ default: m.Profile })));

type Open = 'palette' | 'search' | 'help' | 'notices' | 'profile' | 'pause' | 'out' | null;

export function Frame() {
  const { data: me } = useQuery(q.me);
  return me ? <SignedIn key={me.id} me={me} /> : null;
}

function usePreferences(me: Me) {
  const { setColorScheme } = useMantineColorScheme();
  setTimeZone(me.account.time_zone);
  useEffect(() => void setLanguage(me.locale), [me.locale]);
  useEffect(() => setColorScheme(me.theme === 'system' ? 'auto' : me.theme), [me.theme, setColorScheme]);
  useEffect(() => {
    document.documentElement.dataset.density = me.density;
  }, [me.density]);
}

function SignedIn({ me }: { me: Me }) {
  const navigate = useNavigate();
  const phone = useMediaQuery('(max-width: 767px)', matchMedia('(max-width: 767px)').matches);
  const [open, setOpen] = useState<Open>(null);
  useState(() => startOutbox(me));
  usePreferences(me);

  const ended = useMemo(
    () => () => {
      queryClient.clear();
      // Who signs out herself is on her way already, and would be led back to it.
      if (location.pathname === '/entrar') return;
      void navigate({ to: '/entrar', search: { next: location.pathname + location.search } });
    },
    [navigate],
  );
  useEffect(() => onSignedOut(ended), [ended]);
  useStream(me, {
    ended,
    notice: (notice: Notification) => {
      if (me.sound && document.visibilityState !== 'visible') chime();
      else if (me.sound && notice.type === 'ticket.queued') chime();
    },
  });

  useEffect(() => {
    function press(event: KeyboardEvent) {
      if (!(event.ctrlKey || event.metaKey)) return;
      const key = event.key.toLowerCase();
      if (key === 'k' && !event.shiftKey) setOpen('palette');
      else if (key === 'f' && event.shiftKey) setOpen('search');
      else return;
      event.preventDefault();
    }
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);

  const on = useMemo<FrameActions>(
    () => ({
      notices: () => setOpen('notices'),
      profile: () => setOpen('profile'),
      help: () => setOpen('help'),
      pause: () => setOpen('pause'),
      signOut: () => setOpen('out'),
    }),
    [],
  );
  const close = () => setOpen(null);

  return (
    <SessionContext.Provider value={me}>
      <Keys me={me} on={on} palette={() => setOpen('palette')} />
      <Title />
      <div className="shell">
        <SkipLink />
        <DemoMark me={me} />
        <div className="app">
          {!phone && <Rail on={on} />}
          <div className="stage">
            <ConnectionBanner />
            <Place />
          </div>
        </div>
        {phone && <PhoneBar on={on} />}
      </div>
      <Suspense fallback={null}>
        {open === 'help' && <Shortcuts onClose={close} />}
        {open === 'notices' && <Notices onClose={close} />}
        {open === 'profile' && <Profile onClose={close} />}
      </Suspense>
      {(open === 'palette' || open === 'search') && <Palette search={open === 'search'} onClose={close} />}
      <StartHost />
      <QueueQuestion />
      {open === 'pause' && <PauseDialog onClose={close} />}
      {open === 'out' && <SignOut onClose={close} />}
    </SessionContext.Provider>
  );
}

/** What is at this address, or that it is not for this person. */
const Place = () => (useClosed() ? <Missing /> : <Outlet />);

function SkipLink() {
  const t = useT();
  return (
    <a href="#conteudo" className="skip">
      {t('nav.skip')}
    </a>
  );
}

function DemoMark({ me }: { me: Me }) {
  const t = useT();
  if (!me.account.demo) return null;
  return (
    <aside className="demomark" aria-label={t('demo.label')}>
      {t('demo.mark')}
    </aside>
  );
}

function Title() {
  const t = useT();
  const { data: counters } = useQuery(q.counters);
  const unread = counters?.unread ?? 0;
  useEffect(() => {
    document.title = unread > 0 ? `(${unread}) ${t('brand')}` : t('brand');
  }, [unread, t]);
  return null;
}

function Keys({ me, on, palette }: { me: Me; on: FrameActions; palette: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const places = usePlaces();
  const names = places.map((p) => p.label).join();
  const group = useMemo<Group>(
    () => ({
      title: t('command.go'),
      commands: [
        ...places.map((p) => ({
          id: p.to,
          label: p.label,
          icon: p.icon,
          ...(p.keys ? { keys: p.keys } : {}),
          run: () => void navigate({ to: p.to }),
        })),
        { id: 'help', label: t('nav.shortcuts'), keys: '?', run: on.help },
        { id: 'profile', label: t('nav.profile'), run: on.profile },
        { id: 'palette', label: t('command.palette'), run: palette, quiet: true },
      ],
    }),
    // The places follow from their names.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [names, navigate, on, t],
  );
  useCommands(group);
  useKeys(me.shortcuts);
  return null;
}
