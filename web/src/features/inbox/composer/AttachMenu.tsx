import { Menu } from '@mantine/core';
import {
  IconFile,
  IconList,
  IconMapPin,
  IconPaperclip,
  IconPhoto,
  IconPlus,
  IconSquareRoundedCheck,
  IconSticker,
  IconUser,
} from '@tabler/icons-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { useMediaQuery } from '@mantine/hooks';
import { useT } from '@/i18n';
import type { Capabilities, MessageNew, Ticket } from '@/lib/types';
import { IconBtn } from '@/ui/parts';
import { send } from './send';
import type { Files } from './useFiles';

const Dialogs = lazy(() => import('./AttachDialogs').then((m) => ({ default: m.AttachDialogs })));
export type AttachKind = 'location' | 'contact' | 'buttons' | 'list';

interface Props {
  ticket: Ticket;
  able: Capabilities | undefined;
  locked: boolean;
  files: Files;
}

/** What can be sent besides text: only what the channel takes. */
export function AttachMenu({ ticket, able, locked, files }: Props) {
  const t = useT();
  const phone = useMediaQuery('(max-width: 767px)');
  const media = useRef<HTMLInputElement>(null);
  const document = useRef<HTMLInputElement>(null);
  const sticker = useRef<HTMLInputElement>(null);
  const [dialog, setDialog] = useState<AttachKind | null>(null);
  if (!able) return null;
  const pick = (wanted: 'media' | 'document' | 'sticker') => (event: React.ChangeEvent<HTMLInputElement>) => {
    files.add([...(event.currentTarget.files ?? [])], wanted);
    event.currentTarget.value = '';
  };
  const mime = (...kinds: string[]) => kinds.flatMap((kind) => able.media[kind]?.mime ?? []).join(',');
  const icon = { size: 17, stroke: 1.75 };

  return (
    <>
      <Menu position="top-start" width={210}>
        <Menu.Target>
          <IconBtn label={t('composer.attach')} plain>
            {phone ? <IconPlus size={22} stroke={1.75} /> : <IconPaperclip size={20} stroke={1.75} />}
          </IconBtn>
        </Menu.Target>
        <Menu.Dropdown>
          {(able.media.image ?? able.media.video) && (
            <Menu.Item leftSection={<IconPhoto {...icon} />} onClick={() => media.current?.click()}>
              {t('attach.media')}
            </Menu.Item>
          )}
          {able.media.document && (
            <Menu.Item leftSection={<IconFile {...icon} />} onClick={() => document.current?.click()}>
              {t('attach.document')}
            </Menu.Item>
          )}
          {able.media.sticker && (
            <Menu.Item leftSection={<IconSticker {...icon} />} onClick={() => sticker.current?.click()}>
              {t('attach.sticker')}
            </Menu.Item>
          )}
          {able.location && (
            <Menu.Item leftSection={<IconMapPin {...icon} />} onClick={() => setDialog('location')}>
              {t('attach.location')}
            </Menu.Item>
          )}
          {able.contacts_max > 0 && (
            <Menu.Item leftSection={<IconUser {...icon} />} onClick={() => setDialog('contact')}>
              {t('attach.contact')}
            </Menu.Item>
          )}
          {able.buttons_max > 0 && (
            <Menu.Item
              leftSection={<IconSquareRoundedCheck {...icon} />}
              onClick={() => setDialog('buttons')}
            >
              {t('attach.buttons')}
            </Menu.Item>
          )}
          {able.list_rows_max > 0 && (
            <Menu.Item leftSection={<IconList {...icon} />} onClick={() => setDialog('list')}>
              {t('attach.list')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <input
        ref={media}
        type="file"
        hidden
        multiple
        data-attach="media"
        accept={mime('image', 'video')}
        onChange={pick('media')}
      />
      <input ref={document} type="file" hidden multiple data-attach="document" onChange={pick('document')} />
      <input
        ref={sticker}
        type="file"
        hidden
        data-attach="sticker"
        accept="image/webp"
        onChange={pick('sticker')}
      />
      <Suspense fallback={null}>
        {dialog && (
          <Dialogs
            kind={dialog}
            able={able}
            onClose={() => setDialog(null)}
            onSend={(body: MessageNew) => {
              send(ticket.id, body, { queue: locked });
              setDialog(null);
            }}
          />
        )}
      </Suspense>
    </>
  );
}
