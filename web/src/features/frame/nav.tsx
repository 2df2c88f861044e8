import {
  IconAddressBook,
  IconMessages,
  IconPlugConnected,
  IconSettings,
  IconSitemap,
  IconTemplate,
  IconUsers,
} from '@tabler/icons-react';
import { useLocation } from '@tanstack/react-router';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import type { Ability, Me } from '@/lib/types';

const stroke = { size: 20, stroke: 1.75 };

const places = [
  { to: '/atendimentos', name: 'inbox', keys: 'g i', icon: <IconMessages {...stroke} />, needs: [] },
  { to: '/contatos', name: 'contacts', keys: 'g c', icon: <IconAddressBook {...stroke} />, needs: [] },
  {
    to: '/conexoes',
    name: 'connections',
    keys: 'g x',
    icon: <IconPlugConnected {...stroke} />,
    needs: ['connection.view'],
  },
  { to: '/filas', name: 'queues', keys: 'g f', icon: <IconSitemap {...stroke} />, needs: ['queue.edit'] },
  { to: '/equipe', name: 'team', keys: 'g q', icon: <IconUsers {...stroke} />, needs: ['user.view'] },
  {
    to: '/modelos',
    name: 'templates',
    keys: 'g m',
    icon: <IconTemplate {...stroke} />,
    needs: ['template.edit', 'template.sync'],
  },
  {
    to: '/configuracoes',
    name: 'settings',
    keys: undefined,
    icon: <IconSettings {...stroke} />,
    needs: ['settings.edit', 'account.edit', 'tag.edit', 'ticket_type.edit'],
  },
] as const;

export type Place = (typeof places)[number] & { label: string };

const open = (me: Me, place: (typeof places)[number]) =>
  place.needs.length === 0 || (place.needs as readonly Ability[]).some((a) => me.can.includes(a));

/** Whether this address is a place where this user may not go. */
export function useClosed(): boolean {
  const me = useMe();
  const path = useLocation({ select: (at) => at.pathname });
  const place = places.find(({ to }) => path === to || path.startsWith(`${to}/`));
  return place !== undefined && !open(me, place);
}

/** Where this user may go; the rest is absent. */
export function usePlaces(): Place[] {
  const t = useT();
  const me = useMe();
  return places.filter((p) => open(me, p)).map((p) => ({ ...p, label: t(`nav.${p.name}`) }));
}
