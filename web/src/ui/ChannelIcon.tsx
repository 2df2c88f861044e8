import {
  IconBrandInstagram,
  IconBrandMessenger,
  IconBrandTelegram,
  IconBrandWhatsapp,
  IconDeviceMobileMessage,
  IconMail,
  IconMessageCircle,
  IconPhone,
} from '@tabler/icons-react';
import { useT } from '@/i18n';
import type { ChannelKind } from '@/lib/types';
import { Hidden } from './parts';

const icons = {
  whatsapp_official: [IconBrandWhatsapp, 'wa'],
  whatsapp_unofficial: [IconBrandWhatsapp, 'wa'],
  telegram: [IconBrandTelegram, 'tg'],
  instagram: [IconBrandInstagram, 'ig'],
  messenger: [IconBrandMessenger, 'tg'],
  webchat: [IconMessageCircle, 'web'],
  email: [IconMail, 'mail'],
  sms: [IconDeviceMobileMessage, 'sms'],
  voip: [IconPhone, 'sms'],
} as const;

export function ChannelIcon({ kind, size = 13 }: { kind: ChannelKind; size?: number }) {
  const t = useT();
  const [Icon, color] = icons[kind];
  return (
    <span className="chico" style={{ color: `var(--${color})` }} title={t(`channel.${kind}`)}>
      <Icon size={size} />
      <Hidden>{t(`channel.${kind}`)}</Hidden>
    </span>
  );
}
