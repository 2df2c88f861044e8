import { Menu } from '@mantine/core';
import {
  IconFile,
  IconMapPin,
  IconPaperclip,
  IconPhoto,
  IconQuestionMark,
  IconSend,
  IconSticker,
  IconUser,
  IconVolume,
  IconX,
} from '@tabler/icons-react';
import { useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { useT } from '@/i18n';
import { toastError } from '@/lib/errors';
import { uploadMedia } from '@/lib/sending';
import type { SimChat, SimMessage, SimSend } from '@/lib/types';
import { IconBtn } from '@/ui/parts';
import { useExcerpt } from './words';

type FileKind = 'media' | 'document' | 'voice' | 'sticker';

const accepts: Record<FileKind, string> = {
  media: 'image/jpeg,image/png,video/mp4,video/3gpp',
  document: '*/*',
  voice: 'audio/ogg,audio/mpeg,audio/mp4,audio/aac,audio/amr',
  sticker: 'image/webp',
};

function typeOf(kind: FileKind, file: File): NonNullable<SimSend['type']> {
  if (kind === 'media') return file.type.startsWith('video/') ? 'video' : 'image';
  if (kind === 'voice') return file.type === 'audio/ogg' || file.name.endsWith('.ogg') ? 'voice' : 'audio';
  return kind;
}

interface Props {
  chat: SimChat;
  reply: SimMessage | null;
  onDone: () => void;
  onSend: (body: SimSend) => Promise<boolean>;
}

/** What the customer writes. */
export function SimComposer({ chat, reply, onDone, onSend }: Props) {
  const t = useT();
  const excerpt = useExcerpt();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const kind = useRef<FileKind>('media');
  const quote = reply ? { reply_to: reply.provider_id } : {};

  async function submit(event?: FormEvent) {
    event?.preventDefault();
    const body = text.trim();
    if (!body || busy) return;
    setText('');
    onDone();
    if (!(await onSend({ type: 'text', body, ...quote }))) setText((held) => held || body);
  }

  function keys(event: KeyboardEvent) {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void submit();
  }

  function pick(next: FileKind) {
    kind.current = next;
    if (!picker.current) return;
    picker.current.accept = accepts[next];
    picker.current.click();
  }

  async function attach(file: File | undefined) {
    if (!file) return;
    setBusy(true);
    try {
      const type = typeOf(kind.current, file);
      const media = await uploadMedia(file, file.name, type);
      if (
        await onSend({ type, media_id: media.id, ...(text.trim() ? { body: text.trim() } : {}), ...quote })
      ) {
        setText('');
        onDone();
      }
    } catch (refusal) {
      toastError(refusal);
    } finally {
      setBusy(false);
      if (picker.current) picker.current.value = '';
    }
  }

  const card = {
    name: { formatted_name: 'Renata Farias', first_name: 'Renata', last_name: 'Farias' },
    phones: [{ phone: '+55 41 99917-3365', type: 'CELL' }],
  };
  const place = { latitude: -25.4412, longitude: -49.2766, name: 'Praça do Japão', address: 'Curitiba, PR' };

  return (
    <form className="simcomp" onSubmit={(event) => void submit(event)}>
      {reply && (
        <div className="simquote row g8">
          <span className="grow trunc x12">{excerpt({ ...reply, direction: 'in' }, '')}</span>
          <IconBtn small plain label={t('sandbox.noReply')} onClick={onDone}>
            <IconX size={14} />
          </IconBtn>
        </div>
      )}
      <div className="row g8">
        <div className="simfield grow row">
          <textarea
            rows={1}
            aria-label={t('sandbox.message')}
            placeholder={t('sandbox.message')}
            maxLength={4096}
            value={text}
            onChange={(e) => setText(e.currentTarget.value)}
            onKeyDown={keys}
          />
          <Menu position="top-end">
            <Menu.Target>
              <IconBtn label={t('sandbox.attach')} aria-busy={busy || undefined}>
                {busy ? <span className="spin" /> : <IconPaperclip size={19} />}
              </IconBtn>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPhoto size={16} />} onClick={() => pick('media')}>
                {t('sandbox.send_media')}
              </Menu.Item>
              <Menu.Item leftSection={<IconFile size={16} />} onClick={() => pick('document')}>
                {t('sandbox.send_document')}
              </Menu.Item>
              <Menu.Item leftSection={<IconVolume size={16} />} onClick={() => pick('voice')}>
                {t('sandbox.send_voice')}
              </Menu.Item>
              <Menu.Item leftSection={<IconSticker size={16} />} onClick={() => pick('sticker')}>
                {t('sandbox.send_sticker')}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconMapPin size={16} />}
                onClick={() => void onSend({ type: 'location', location: place, ...quote })}
              >
                {t('sandbox.send_location')}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconUser size={16} />}
                onClick={() => void onSend({ type: 'contacts', contacts: [card], ...quote })}
              >
                {t('sandbox.send_contact')}
              </Menu.Item>
              <Menu.Item
                leftSection={<IconQuestionMark size={16} />}
                onClick={() => void onSend({ type: 'unsupported', unsupported: 'poll_creation' })}
              >
                {t('sandbox.send_unsupported')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
        <button
          type="submit"
          className="simsend"
          aria-label={t('sandbox.sendAs', { name: chat.name || t('sandbox.customer') })}
        >
          <IconSend size={18} aria-hidden />
        </button>
      </div>
      <input
        ref={picker}
        type="file"
        hidden
        onChange={(event) => void attach(event.currentTarget.files?.[0])}
      />
    </form>
  );
}
