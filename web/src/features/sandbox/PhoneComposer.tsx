import { Menu } from '@mantine/core';
import { IconFile, IconMapPin, IconPaperclip, IconPhoto, IconSend, IconSticker, IconUser, IconX, IconMicrophone, IconQuestionMark } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useT } from '@/i18n';
import { toastError } from '@/lib/errors';
import { uploadMedia } from '@/lib/sending';
import type { SimMessage, SimSend } from '@/lib/types';
import { EmojiButton } from '@/features/inbox/composer/EmojiButton';
import { IconBtn } from '@/ui/parts';
import { voiceNote } from './voice';

interface Props {
  quoted: SimMessage | null;
  onUnquote: () => void;
  onSend: (body: SimSend) => Promise<void>;
}

const kinds = { image: 'image/*', video: 'video/*', document: '*', sticker: 'image/webp', audio: 'audio/*' } as const;

export function PhoneComposer({ quoted, onUnquote, onSend }: Props) {
  const t = useT();
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const [kind, setKind] = useState<keyof typeof kinds>('image');
  const reply = quoted ? { reply_to: quoted.provider_id } : {};

  async function submit() {
    const body = text.trim();
    if (!body) return;
    setText('');
    onUnquote();
    await onSend({ type: 'text', body, ...reply });
  }
  function choose(wanted: keyof typeof kinds) {
    setKind(wanted);
    requestAnimationFrame(() => input.current?.click());
  }
  async function attach(file: Blob, name: string, as: keyof typeof kinds | 'voice') {
    try {
      const media = await uploadMedia(file, name, as);
      onUnquote();
      await onSend({ type: as, media_id: media.id, ...reply });
    } catch (error) {
      toastError(error);
    }
  }
  const icon = { size: 16 };
  return (
    <form
      className="pcomp"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {quoted && (
        <div className="replying">
          <div className="qt grow">
            <span className="trunc blk">{quoted.view.body ?? quoted.view.type}</span>
          </div>
          <IconBtn label={t('composer.noReply')} small onClick={onUnquote}>
            <IconX size={15} />
          </IconBtn>
        </div>
      )}
      <div className="prow">
        <div className="pfieldbox">
          <EmojiButton onPick={(emoji) => setText(text + emoji)} />
          <input className="bare grow" aria-label={t('sandbox.message')} placeholder={t('sandbox.message')} value={text} onChange={(event) => setText(event.currentTarget.value)} />
          <Menu position="top-end" width={200}>
            <Menu.Target>
              <IconBtn label={t('composer.attach')} plain>
                <IconPaperclip size={19} />
              </IconBtn>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPhoto {...icon} />} onClick={() => choose('image')}>
                {t('kind.image')}
              </Menu.Item>
              <Menu.Item leftSection={<IconPhoto {...icon} />} onClick={() => choose('video')}>
                {t('kind.video')}
              </Menu.Item>
              <Menu.Item leftSection={<IconFile {...icon} />} onClick={() => choose('document')}>
                {t('kind.document')}
              </Menu.Item>
              <Menu.Item leftSection={<IconSticker {...icon} />} onClick={() => choose('sticker')}>
                {t('kind.sticker')}
              </Menu.Item>
              <Menu.Item leftSection={<IconMicrophone {...icon} />} onClick={() => void attach(voiceNote(), 'audio.wav', 'audio')}>
                {t('sandbox.sound')}
              </Menu.Item>
              <Menu.Item leftSection={<IconMicrophone {...icon} />} onClick={() => choose('audio')}>
                {t('sandbox.audioFile')}
              </Menu.Item>
              <Menu.Item leftSection={<IconMapPin {...icon} />} onClick={() => void onSend({ type: 'location', location: { latitude: -25.4372, longitude: -49.27, name: t('sandbox.placeName') } })}>
                {t('kind.location')}
              </Menu.Item>
              <Menu.Item leftSection={<IconUser {...icon} />} onClick={() => void onSend({ type: 'contacts', contacts: [{ name: { formatted_name: 'Marcos Leal', first_name: 'Marcos' }, phones: [{ phone: '+55 41 99900-1122' }] }] })}>
                {t('kind.contacts')}
              </Menu.Item>
              <Menu.Item leftSection={<IconQuestionMark {...icon} />} onClick={() => void onSend({ type: 'unsupported', unsupported: 'poll_creation' })}>
                {t('sandbox.unsupported')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </div>
        <button type="submit" className="psend" aria-label={t('composer.send')}>
          <IconSend size={19} />
        </button>
      </div>
      <input
        ref={input}
        type="file"
        hidden
        data-sim-file
        accept={kinds[kind]}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file) void attach(file, file.name, kind);
        }}
      />
    </form>
  );
}
