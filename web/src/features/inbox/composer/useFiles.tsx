import { TextInput } from '@mantine/core';
import { IconFile, IconX } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { uuid } from '@/api/client';
import { useT } from '@/i18n';
import { toast } from '@/lib/errors';
import { bytes } from '@/lib/format';
import type { Capabilities, Ticket } from '@/lib/types';
import { Btn, IconBtn } from '@/ui/parts';
import { useMe } from '@/app/session';
import { kindOf, send } from './send';

interface Chosen {
  id: string;
  file: File;
  kind: string;
  url?: string;
}

export interface Files {
  add: (files: File[], wanted?: 'media' | 'document' | 'sticker') => void;
  tray: ReactNode;
}

/** Files chosen, pasted or dropped: shown first, sent with their caption. */
export function useFiles(ticket: Ticket, able: Capabilities | undefined, locked: boolean): Files {
  const t = useT();
  const me = useMe();
  const [chosen, setChosen] = useState<Chosen[]>([]);
  const [caption, setCaption] = useState('');
  const urls = useRef<string[]>([]);
  useEffect(() => () => urls.current.forEach((url) => URL.revokeObjectURL(url)), []);

  function add(files: File[], wanted?: 'media' | 'document' | 'sticker') {
    const media = able?.media ?? {};
    const most = me.account.max_files || 5;
    const good: Chosen[] = [];
    for (const file of files) {
      const kind = kindOf(file, media, wanted);
      const limit = kind ? media[kind] : undefined;
      if (!kind || !limit) toast(t('error.media_kind_refused'), 'red');
      else if (file.size === 0) toast(t('error.media_empty'), 'red');
      else if (file.size > limit.max_bytes)
        toast(t('media.tooLarge', { name: file.name, max: bytes(limit.max_bytes) }), 'red');
      else {
        const url = kind === 'image' || kind === 'sticker' ? URL.createObjectURL(file) : undefined;
        if (url) urls.current.push(url);
        good.push({ id: uuid(), file, kind, ...(url ? { url } : {}) });
      }
    }
    if (chosen.length + good.length > most) toast(t('media.tooMany', { n: most }), 'red');
    setChosen([...chosen, ...good].slice(0, most));
  }

  function submit() {
    chosen.forEach((c, i) => {
      const captioned = i === 0 && caption.trim() && able?.media[c.kind]?.caption;
      send(
        ticket.id,
        { type: c.kind as 'image', ...(captioned ? { body: caption.trim() } : {}) },
        { queue: locked, file: { blob: c.file, name: c.file.name, kind: c.kind } },
      );
    });
    setChosen([]);
    setCaption('');
  }

  const first = chosen[0];
  const tray = first && (
    <form
      className="tray"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <ul>
        {chosen.map((c) => (
          <li key={c.id}>
            {c.url ? <img src={c.url} alt="" /> : <IconFile size={26} />}
            <span className="trunc">{c.file.name}</span>
            <span className="mut x12">{bytes(c.file.size)}</span>
            <IconBtn
              label={t('composer.removeFile', { name: c.file.name })}
              small
              onClick={() => setChosen(chosen.filter((x) => x.id !== c.id))}
            >
              <IconX size={14} />
            </IconBtn>
          </li>
        ))}
      </ul>
      <div className="row g8">
        {able?.media[first.kind]?.caption ? (
          <TextInput
            className="grow"
            aria-label={t('composer.caption')}
            placeholder={t('composer.caption')}
            value={caption}
            maxLength={able.caption_max || undefined}
            data-autofocus
            onChange={(e) => setCaption(e.currentTarget.value)}
          />
        ) : (
          <span className="grow" />
        )}
        <Btn kind="ghost" size="medium" onClick={() => setChosen([])}>
          {t('action.cancel')}
        </Btn>
        <Btn kind="primary" size="medium" type="submit">
          {t(locked ? 'composer.queueFiles' : 'composer.sendFiles', { count: chosen.length })}
        </Btn>
      </div>
    </form>
  );
  return { add, tray };
}
