import { IconBattery3, IconChevronLeft, IconWifi } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { time } from '@/lib/format';
import { Avatar } from './parts';
import './phone.css';

interface Props {
  business: string;
  subtitle?: ReactNode;
  /** The whole phone of the simulator, or a card beside a form. */
  size?: 'full' | 'card';
  onBack?: (() => void) | undefined;
  backLabel?: string;
  foot?: ReactNode;
  children: ReactNode;
}

/** A phone that shows the chat with the company. */
export const PhoneFrame = ({
  business,
  subtitle,
  size = 'card',
  onBack,
  backLabel,
  foot,
  children,
}: Props) => (
  <div className={`phone ${size}`}>
    <div className="screen">
      {size === 'full' && (
        <div className="pstatus num" aria-hidden="true">
          <span>{time(Date.now())}</span>
          <span className="island" />
          <span className="row g4">
            <IconWifi size={16} />
            <IconBattery3 size={18} />
          </span>
        </div>
      )}
      <div className="phead2">
        {onBack ? (
          <button type="button" className="ib s" aria-label={backLabel} onClick={onBack}>
            <IconChevronLeft size={20} />
          </button>
        ) : (
          <IconChevronLeft size={18} aria-hidden />
        )}
        <Avatar id={business} name={business} size={size === 'full' ? 36 : 30} />
        <div className="grow">
          <div className="semi trunc">{business}</div>
          {subtitle && <div className="x12 mut trunc">{subtitle}</div>}
        </div>
      </div>
      {children}
      {foot}
    </div>
  </div>
);
