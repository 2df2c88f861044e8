import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconKeyOff,
  IconPlayerPause,
} from '@tabler/icons-react';
import { i18n, useT } from '@/i18n';
import type { Connection, ConnectionState } from '@/lib/types';

const looks: Record<ConnectionState, { tone: 'ok' | 'warn' | 'bad' | ''; Icon: typeof IconCircleCheck }> = {
  connected: { tone: 'ok', Icon: IconCircleCheck },
  degraded: { tone: 'warn', Icon: IconAlertTriangle },
  connecting: { tone: '', Icon: IconCircleDashed },
  qr_required: { tone: 'bad', Icon: IconCircleX },
  disconnected: { tone: 'bad', Icon: IconCircleX },
  auth_failed: { tone: 'bad', Icon: IconKeyOff },
};

type Known = Pick<Connection, 'state' | 'active'>;

export const toneOf = (c: Known) => (c.active ? looks[c.state].tone : '');
export const troubled = (c: Known) => c.active && c.state !== 'connected' && c.state !== 'connecting';

export function StateIcon({ connection, size = 15 }: { connection: Known; size?: number }) {
  const Icon = connection.active ? looks[connection.state].Icon : IconPlayerPause;
  return <Icon size={size} aria-hidden />;
}

export function StateText({ connection }: { connection: Known }) {
  const t = useT();
  return (
    <span className={`state ${toneOf(connection)}`}>
      <StateIcon connection={connection} />
      {t(connection.active ? `admin.connection.state.${connection.state}` : 'admin.connection.state.off')}
    </span>
  );
}

/** Why it is not well, or what the provider thinks of it. */
export function reasonText(reason: string): string {
  if (!reason) return '';
  const key = `admin.connection.reason.${reason}`;
  if (i18n.exists(key)) return i18n.t(key as 'admin.connection.reason.auth_failed');
  const failure = `failure.${reason}`;
  if (i18n.exists(failure)) return i18n.t(failure as 'failure.rejected');
  return i18n.t(
    reason.startsWith('number_') ? 'admin.connection.reason.number' : 'admin.connection.reason.other',
  );
}

/** A value of health in words where we know it. */
export function healthValue(key: string, value: string): string {
  const tier = /^TIER_(\d+K?|UNLIMITED)$/.exec(value)?.[1];
  if (key === 'tier' && tier)
    return tier === 'UNLIMITED'
      ? i18n.t('admin.connection.tierUnlimited')
      : i18n.t('admin.connection.tier', {
          n: new Intl.NumberFormat(i18n.language).format(Number(tier.replace('K', '000'))),
        });
  const code = `admin.value.${value}`;
  return i18n.exists(code) ? i18n.t(code as 'admin.yes') : value;
}

export function summary(c: Connection): string {
  if (!c.active) return i18n.t('admin.connection.offText');
  if (c.state_reason) return reasonText(c.state_reason);
  const { quality_rating: quality, tier } = c.health ?? {};
  return [
    quality && quality !== 'UNKNOWN'
      ? i18n.t('admin.connection.qualityIs', {
          quality: healthValue('quality_rating', quality).toLowerCase(),
        })
      : '',
    tier ? healthValue('tier', tier) : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
