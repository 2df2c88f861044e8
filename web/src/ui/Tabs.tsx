import { useRef, type KeyboardEvent } from 'react';

export interface TabItem {
  key: string;
  label: string;
  count?: number | undefined;
}

interface Props {
  items: TabItem[];
  value: string;
  onChange: (key: string) => void;
  label: string;
  drawer?: boolean;
}

/** A line of tabs; arrows move between them. */
export function Tabs({ items, value, onChange, label, drawer }: Props) {
  const line = useRef<HTMLDivElement>(null);

  function move(event: KeyboardEvent) {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = items.findIndex((item) => item.key === value);
    const next = items[(at + step + items.length) % items.length];
    if (!next) return;
    onChange(next.key);
    line.current?.querySelector<HTMLElement>(`[data-key="${next.key}"]`)?.focus();
  }

  return (
    <div
      ref={line}
      role="tablist"
      aria-label={label}
      className={`tabs${drawer ? ' dtabs' : ''}`}
      onKeyDown={move}
    >
      {items.map((item) => (
        <button
          key={item.key}
          type="button"
          role="tab"
          data-key={item.key}
          aria-selected={item.key === value}
          tabIndex={item.key === value ? 0 : -1}
          className={item.key === value ? 'on' : ''}
          onClick={() => onChange(item.key)}
        >
          {item.label}
          {item.count !== undefined && <span className="n">{item.count}</span>}
        </button>
      ))}
    </div>
  );
}
