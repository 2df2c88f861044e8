import {
  IconAlertCircle,
  IconCheck,
  IconChecks,
  IconClock,
  IconHelpCircle,
  IconHourglassHigh,
} from '@tabler/icons-react';
import { useT } from '@/i18n';
import type { MessageStatus } from '@/lib/types';
import { Hidden } from './parts';

/** The state of a sent message: icon, and its name for who can't see it. */
export function Ticks({
  status,
  size = 15,
  local,
}: {
  status: MessageStatus;
  size?: number;
  local?: 'sending' | 'offline';
}) {
  const t = useT();
  if (status === 'received' && !local) return null;
  const name = local ? t(`status.${local}`) : t(`status.${status}`);
  const read = status === 'read' || status === 'played';
  return (
    <span
      className={`ticks${read ? ' r' : ''}${status === 'failed' || status === 'expired' ? ' badtext' : ''}`}
      title={name}
    >
      {local === 'sending' || status === 'sending' ? (
        <span className="spin tiny" />
      ) : (
        icon(status, size, local)
      )}
      <Hidden>{name}</Hidden>
    </span>
  );
}

function icon(status: MessageStatus, size: number, local?: string) {
  if (local) return <IconClock size={size - 2} />;
  switch (status) {
    case 'queued_window':
    case 'scheduled':
      return <IconHourglassHigh size={size - 2} />;
    case 'pending':
    case 'sending':
      return <IconClock size={size - 2} />;
    case 'sent':
      return <IconCheck size={size} />;
    case 'delivered':
    case 'read':
    case 'played':
      return <IconChecks size={size} />;
    case 'uncertain':
      return <IconHelpCircle size={size - 1} />;
    default:
      return <IconAlertCircle size={size - 1} />;
  }
}
