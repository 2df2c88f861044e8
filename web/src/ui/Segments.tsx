import { IconAlertTriangle } from '@tabler/icons-react';
import './admin.css';

interface Item<K extends string> {
  key: K;
  label: string;
  count?: number | undefined;
  alarm?: boolean;
}

interface Props<K extends string> {
  label: string;
  items: Item<K>[];
  value: K;
  onChange: (key: K) => void;
}

/** A filter of few choices, one of them on. */
export const Segments = <K extends string>({ label, items, value, onChange }: Props<K>) => (
  <div className="seg" role="group" aria-label={label}>
    {items.map((item) => (
      <button
        key={item.key}
        type="button"
        aria-pressed={item.key === value}
        className={item.key === value ? 'on' : ''}
        onClick={() => onChange(item.key)}
      >
        {item.alarm && <IconAlertTriangle size={15} className="badtext" aria-hidden />}
        {item.label}
        {item.count !== undefined && <span className="num mut">{item.count}</span>}
      </button>
    ))}
  </div>
);
