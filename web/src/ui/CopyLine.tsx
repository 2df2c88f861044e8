import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useId, useRef, useState } from 'react';
import { useT } from '@/i18n';
import { Btn } from './parts';

/** Plain http in a LAN has no clipboard API: there the old way. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'vh';
    (document.activeElement?.parentElement ?? document.body).append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

export function CopyBtn({ text, label }: { text: string; label?: string }) {
  const t = useT();
  const [done, setDone] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  async function copy() {
    if (!(await copyText(text))) return;
    setDone(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setDone(false), 2500);
  }

  return (
    <Btn
      size="small"
      icon={done ? <IconCheck size={14} /> : <IconCopy size={14} />}
      onClick={() => void copy()}
      aria-label={label}
    >
      <span aria-live="polite">{done ? t('admin.copied') : t('admin.copy')}</span>
    </Btn>
  );
}

/** A value to carry elsewhere, with its button. */
export function CopyLine({ label, value, help }: { label: string; value: string; help?: string }) {
  const t = useT();
  const id = useId();
  return (
    <div role="group" aria-labelledby={id}>
      <div className="lab" id={id}>
        {label}
      </div>
      <div className="copyline">
        <span className="grow">{value}</span>
        <CopyBtn text={value} label={t('admin.copyWhat', { what: label })} />
      </div>
      {help && <p className="help">{help}</p>}
    </div>
  );
}
