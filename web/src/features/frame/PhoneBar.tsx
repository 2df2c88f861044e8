import { Drawer } from '@mantine/core';
import {
  IconAddressBook,
  IconBell,
  IconDeviceMobile,
  IconKeyboard,
  IconLogout,
  IconMenu2,
  IconMessages,
  IconPlayerPause,
  IconUserCircle,
  IconCircleCheck,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { q } from '@/api/query';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import { Hidden } from '@/ui/parts';
import { useAvailability } from './availability';
import { usePlaces } from './nav';
import type { FrameActions } from './Rail';

/** The bottom bar of phones; everything else is behind Mais. */
export function PhoneBar({ on }: { on: FrameActions }) {
  const t = useT();
  const me = useMe();
  const places = usePlaces();
  const { resume } = useAvailability();
  const { data: counters } = useQuery(q.counters);
  const [more, setMore] = useState(false);
  const then = (action: () => void) => () => {
    setMore(false);
    action();
  };
  const icon = { size: 20, stroke: 1.75 };
  return (
    <nav className="phonebar" aria-label={t('nav.main')}>
      <Link to="/atendimentos" className="pb" activeProps={{ className: 'on', 'aria-current': 'page' }}>
        <span className="pi">
          <IconMessages size={23} stroke={1.75} />
          {Boolean(counters?.unread) && (
            <span className="b">
              {counters?.unread}
              <Hidden>{t('nav.unread', { count: counters?.unread ?? 0 })}</Hidden>
            </span>
          )}
        </span>
        {t('nav.inbox')}
      </Link>
      <Link to="/contatos" className="pb" activeProps={{ className: 'on', 'aria-current': 'page' }}>
        <span className="pi">
          <IconAddressBook size={23} stroke={1.75} />
        </span>
        {t('nav.contacts')}
      </Link>
      <button type="button" className="pb" onClick={() => setMore(true)} aria-haspopup="dialog">
        <span className="pi">
          <IconMenu2 size={23} stroke={1.75} />
          {me.unseen_notifications > 0 && <span className="p" />}
        </span>
        {t('nav.more')}
      </button>
      <Drawer
        opened={more}
        onClose={() => setMore(false)}
        position="bottom"
        size="auto"
        className="sheet"
        title={me.name}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <ul className="morelist">
          {places.slice(2).map((place) => (
            <li key={place.to}>
              <Link to={place.to} onClick={() => setMore(false)}>
                {place.icon}
                {place.label}
              </Link>
            </li>
          ))}
          {me.sandbox && (
            <li>
              <Link to="/sandbox" onClick={() => setMore(false)}>
                <IconDeviceMobile {...icon} />
                {t('nav.sandbox')}
              </Link>
            </li>
          )}
          <li>
            <button type="button" onClick={then(on.notices)}>
              <IconBell {...icon} />
              {t('nav.notifications')}
              {me.unseen_notifications > 0 && <span className="count">{me.unseen_notifications}</span>}
            </button>
          </li>
          <li>
            <button type="button" onClick={then(me.available ? on.pause : resume)}>
              {me.available ? <IconPlayerPause {...icon} /> : <IconCircleCheck {...icon} />}
              {t(me.available ? 'nav.pause' : 'nav.resume')}
            </button>
          </li>
          <li>
            <button type="button" onClick={then(on.profile)}>
              <IconUserCircle {...icon} />
              {t('nav.profile')}
            </button>
          </li>
          <li>
            <button type="button" onClick={then(on.help)}>
              <IconKeyboard {...icon} />
              {t('nav.shortcuts')}
            </button>
          </li>
          <li>
            <button type="button" onClick={then(on.signOut)}>
              <IconLogout {...icon} />
              {t('nav.signOut')}
            </button>
          </li>
        </ul>
      </Drawer>
    </nav>
  );
}
