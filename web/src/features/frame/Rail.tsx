import { Menu, Tooltip } from '@mantine/core';
import {
  IconBell,
  IconCircleCheck,
  IconDeviceMobile,
  IconKeyboard,
  IconLogout,
  IconPlayerPause,
  IconUserCircle,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { Fragment } from 'react';
import { q } from '@/api/query';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import { Avatar, Hidden, Logo } from '@/ui/parts';
import { useAvailability } from './availability';
import { usePlaces } from './nav';

export interface FrameActions {
  notices: () => void;
  profile: () => void;
  help: () => void;
  pause: () => void;
  signOut: () => void;
}

export function Rail({ on }: { on: FrameActions }) {
  const t = useT();
  const me = useMe();
  const places = usePlaces();
  const { data: counters } = useQuery(q.counters);
  return (
    <nav className="rail" aria-label={t('nav.main')}>
      <Link to="/atendimentos" className="logo" aria-label={t('nav.home')}>
        <Logo />
      </Link>
      {places.map((place, i) => (
        <Fragment key={place.to}>
          {i > 1 && places[i - 1]?.to === '/contatos' && <span className="sep" />}
          <Tooltip label={place.label} position="right">
            <Link
              to={place.to}
              className="it"
              activeProps={{ className: 'on', 'aria-current': 'page' }}
              aria-label={place.label}
            >
              {place.icon}
              {place.to === '/atendimentos' && Boolean(counters?.unread) && (
                <span className="b">
                  {counters?.unread}
                  <Hidden>{t('nav.unread', { count: counters?.unread ?? 0 })}</Hidden>
                </span>
              )}
            </Link>
          </Tooltip>
        </Fragment>
      ))}
      <span className="sp" />
      {me.sandbox && (
        <Tooltip label={t('nav.sandbox')} position="right">
          <Link to="/sandbox" target="_blank" className="it" aria-label={t('nav.sandbox')}>
            <IconDeviceMobile size={20} stroke={1.75} />
          </Link>
        </Tooltip>
      )}
      <Tooltip label={t('nav.notifications')} position="right">
        <button type="button" className="it" onClick={on.notices} aria-label={t('nav.notifications')}>
          <IconBell size={20} stroke={1.75} />
          {me.unseen_notifications > 0 && (
            <span className="p">
              <Hidden>{t('nav.unseen', { count: me.unseen_notifications })}</Hidden>
            </span>
          )}
        </button>
      </Tooltip>
      <UserMenu on={on} />
    </nav>
  );
}

function UserMenu({ on }: { on: FrameActions }) {
  const t = useT();
  const me = useMe();
  const { resume } = useAvailability();
  return (
    <Menu position="right-end" width={230}>
      <Menu.Target>
        <button
          type="button"
          className="it user"
          aria-label={t(me.available ? 'nav.userOnline' : 'nav.userPaused', { name: me.name })}
        >
          <Avatar id={me.id} name={me.name} size={32} photo={me.photo_url} presence={me.available} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.name}</Menu.Label>
        {me.available ? (
          <Menu.Item leftSection={<IconPlayerPause size={16} />} onClick={on.pause}>
            {t('nav.pause')}
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconCircleCheck size={16} />} onClick={resume}>
            {t('nav.resume')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconUserCircle size={16} />} onClick={on.profile}>
          {t('nav.profile')}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={on.help}>
          {t('nav.shortcuts')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={on.signOut}>
          {t('nav.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
