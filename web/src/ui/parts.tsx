import { Tooltip } from '@mantine/core';
import { IconUser } from '@tabler/icons-react';
import type { ButtonHTMLAttributes, CSSProperties, ReactNode, Ref } from 'react';

type Kind = 'primary' | 'default' | 'light' | 'ghost' | 'danger';
const kinds: Record<Kind, string> = { primary: 'p', default: 'd', light: 'l', ghost: 'g', danger: 'd bad' };

interface BtnProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  kind?: Kind;
  size?: 'small' | 'medium' | 'normal' | 'large';
  icon?: ReactNode;
  busy?: boolean;
  /** Why it can't be pressed now: disables it and says so on hover and focus. */
  reason?: string;
  ref?: Ref<HTMLButtonElement>;
}

const sizes = { small: ' s', medium: ' m', normal: '', large: ' lgx' };

export function Btn({
  kind = 'default',
  size = 'normal',
  icon,
  busy,
  reason,
  children,
  className,
  onClick,
  ...rest
}: BtnProps) {
  const off = Boolean(reason) || busy;
  const button = (
    <button
      type="button"
      {...rest}
      className={`btn ${kinds[kind]}${sizes[size]}${reason ? ' off' : ''} ${className ?? ''}`}
      aria-disabled={off || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => (off ? event.preventDefault() : onClick?.(event))}
    >
      {busy ? <span className="spin" aria-hidden /> : icon}
      {children}
    </button>
  );
  return reason ? <Tooltip label={reason}>{button}</Tooltip> : button;
}

interface IconBtnProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  label: string;
  on?: boolean;
  primary?: boolean;
  small?: boolean;
  plain?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button of one icon, with its name as tooltip and accessible name. */
export function IconBtn({ label, on, primary, small, plain, className, children, ...rest }: IconBtnProps) {
  const button = (
    <button
      type="button"
      aria-label={label}
      {...rest}
      className={`ib${on ? ' on' : ''}${primary ? ' p' : ''}${small ? ' s' : ''} ${className ?? ''}`}
    >
      {children}
    </button>
  );
  return plain ? button : <Tooltip label={label}>{button}</Tooltip>;
}

const hash = (text: string) => [...text].reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) >>> 0, 7);

/** "" where the name is only a number. */
export function initials(name: string): string {
  if (!/\p{L}/u.test(name)) return '';
  const words = name
    .replace(/[^\p{L}\p{N}\s+]/gu, ' ')
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  const first = words[0] ?? '?';
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  return ((first[0] ?? '') + (last?.[0] ?? '')).toUpperCase();
}

interface AvatarProps {
  id: string;
  name: string;
  size?: number;
  photo?: string | undefined;
  badge?: ReactNode;
  presence?: boolean | undefined;
  title?: string;
}

export function Avatar({ id, name, size = 40, photo, badge, presence, title }: AvatarProps) {
  const n = (hash(id) % 6) + 1;
  const style = {
    width: size,
    height: size,
    fontSize: size < 24 ? 8.5 : size < 36 ? 12 : size < 50 ? 14 : 20,
    '--b': `var(--av${n}-bg)`,
    '--f': `var(--av${n})`,
  } as CSSProperties;
  return (
    <span
      className={`av${size <= 36 ? ' sm' : ''}`}
      style={style}
      title={title}
      aria-hidden={title ? undefined : true}
    >
      {photo ? (
        <img src={photo} alt="" width={size} height={size} />
      ) : (
        initials(name) || <IconUser size={size / 2} />
      )}
      {badge && <span className="ch">{badge}</span>}
      {presence !== undefined && <span className={`pr${presence ? '' : ' away'}`} />}
    </span>
  );
}

const color = (value: string) => ({ '--c': value }) as CSSProperties;

export const Dot = ({ c }: { c: string }) => <span className="dot" style={color(c)} />;

export const QueueName = ({ name, c }: { name: string; c: string }) => (
  <span className="q">
    <Dot c={c} />
    <span className="trunc">{name}</span>
  </span>
);

export const TagChip = ({ name, c, big }: { name: string; c: string; big?: boolean }) => (
  <span className={`tag${big ? ' big' : ''}`} style={color(c)}>
    {name}
  </span>
);

interface EmptyProps {
  title: string;
  text?: string;
  action?: ReactNode;
}

export const Empty = ({ title, text, action }: EmptyProps) => (
  <div className="empty">
    <svg width="84" height="64" viewBox="0 0 84 64" fill="none" aria-hidden="true" strokeWidth="1.75">
      <path
        d="M14 6h36a7 7 0 0 1 7 7v16a7 7 0 0 1-7 7H30l-11 9v-9h-5a7 7 0 0 1-7-7V13a7 7 0 0 1 7-7Z"
        fill="var(--sunken)"
        stroke="var(--line-strong)"
      />
      <path d="M19 17h26M19 25h15" stroke="var(--line-strong)" strokeLinecap="round" />
      <path
        d="M62 20h6a7 7 0 0 1 7 7v14a7 7 0 0 1-7 7h-3v9l-10-9H44"
        stroke="var(--teal-5)"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
    <h3>{title}</h3>
    {text && <p>{text}</p>}
    {action}
  </div>
);

export const Kbd = ({ children }: { children: ReactNode }) => <kbd className="kbd">{children}</kbd>;

export const Hidden = ({ children }: { children: ReactNode }) => <span className="vh">{children}</span>;

export const Logo = ({ size = 32 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="9" fill="#0c6b61" />
    <path
      d="M10.2 25.5V14.6a6.4 6.4 0 1 1 6.4 6.4h-1.4"
      fill="none"
      stroke="#fff"
      strokeWidth="3"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
    <circle cx="16.6" cy="14.6" r="1.6" fill="#fff" />
  </svg>
);
