import { Menu } from '@mantine/core';
import { IconArrowBackUp, IconBan, IconChevronDown, IconFile, IconList, IconMapPin, IconTrash, IconUser } from '@tabler/icons-react';
import { buttonIcon } from '@/features/inbox/conversation/content/Choices';
import { useT } from '@/i18n';
import { bytes, time } from '@/lib/format';
import type { MessageStatus, SimButton, SimMessage, SimSend } from '@/lib/types';
import { Formatted } from '@/ui/Formatted';
import { Ticks } from '@/ui/Ticks';

interface Props {
  message: SimMessage;
  quoted: SimMessage | undefined;
  gone: boolean;
  reactions: string[];
  mine: string;
  business: string;
  onSend: (body: SimSend) => void;
  onQuote: () => void;
}

const EMOJI = ['👍', '❤️', '😂', '😮', '😢', '🙏'];
const wire: Record<string, string> = { reply: 'QUICK_REPLY', url: 'URL', phone: 'PHONE_NUMBER', copy: 'COPY_CODE' };

export function PhoneBubble({ message: m, quoted, gone, reactions, mine, business, onSend, onQuote }: Props) {
  const t = useT();
  const v = m.view;
  const own = m.direction === 'in'; // the phone is the customer's
  const target = m.provider_id;

  function tap(button: SimButton, i: number) {
    if (button.type !== 'reply') return;
    onSend(v.template ? { type: 'template_button', target, choice: String(i) } : { type: 'button_reply', target, choice: button.id ?? '' });
  }
  if (gone)
    return (
      <div className={`msg gap${own ? ' o' : ''}`}>
        <div className="bb quiet">
          <IconBan size={15} />
          {t('timeline.deleted')}
        </div>
      </div>
    );
  return (
    <div className={`msg gap first${own ? ' o' : ''}`} data-sim={m.provider_id}>
      <div className="bbrow">
        <div className={`bb${v.template ? ' tpl' : ''}`}>
          {quoted && (
            <div className="qt">
              <b>{quoted.direction === 'out' ? business : t('sandbox.you')}</b>
              <span className="qx">{quoted.view.body ?? quoted.view.type}</span>
            </div>
          )}
          {v.media && <SimMediaView message={m} />}
          {v.header && <div className={v.template ? 'h' : 'semi'}>{v.header}</div>}
          <div className={v.template ? 'b' : ''}>
            <Formatted text={v.body ?? v.reply?.title ?? (v.unsupported ? t('timeline.unsupported', { kind: v.unsupported }) : '')} />
            {v.location && (
              <span className="row g8 x13">
                <IconMapPin size={16} />
                {v.location.name ?? `${v.location.latitude}, ${v.location.longitude}`}
              </span>
            )}
            {v.contacts?.map((c, i) => (
              <span className="row g8 x13" key={i}>
                <IconUser size={16} />
                {c.name.formatted_name}
              </span>
            ))}
            {v.footer && <div className="f">{v.footer}</div>}
            <span className="st">
              {time(m.at)}
              {own && <Ticks status={(m.read_at ? 'read' : m.status === 'received' ? 'delivered' : m.status) as MessageStatus} />}
            </span>
          </div>
          <div className={v.template ? '' : 'ichoices'}>
            {v.buttons?.map((button, i) => (
              <button type="button" className="bt" key={i} onClick={() => tap(button, i)}>
                {buttonIcon(wire[button.type] ?? 'QUICK_REPLY')}
                {button.text}
              </button>
            ))}
            {v.list && (
              <Menu position="top">
                <Menu.Target>
                  <button type="button" className="bt">
                    <IconList size={15} />
                    {v.list.button}
                  </button>
                </Menu.Target>
                <Menu.Dropdown>
                  {v.list.sections.flatMap((section) =>
                    section.rows.map((row) => (
                      <Menu.Item key={row.id} onClick={() => onSend({ type: 'list_reply', target, choice: row.id })}>
                        {row.title}
                        {row.description && <span className="mut x12 blk">{row.description}</span>}
                      </Menu.Item>
                    )),
                  )}
                </Menu.Dropdown>
              </Menu>
            )}
          </div>
        </div>
        <Menu position="bottom" width={190}>
          <Menu.Target>
            <button type="button" className="bmenu" aria-label={t('timeline.options')}>
              <IconChevronDown size={16} />
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            <div className="quick">
              {EMOJI.map((emoji) => (
                <Menu.Item key={emoji} aria-label={t('timeline.reactWith', { emoji })} onClick={() => onSend({ type: 'reaction', target, emoji: mine === emoji ? '' : emoji })}>
                  {emoji}
                </Menu.Item>
              ))}
            </div>
            <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={onQuote}>
              {t('timeline.reply')}
            </Menu.Item>
            {own && (
              <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => onSend({ type: 'revoke', target })}>
                {t('sandbox.revoke')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </div>
      {reactions.length > 0 && <span className="rx">{reactions.join('')}</span>}
    </div>
  );
}

function SimMediaView({ message }: { message: SimMessage }) {
  const media = message.view.media;
  const t = useT();
  if (!media) return null;
  if (media.kind === 'image' || media.kind === 'sticker') return <img className={`simpic${media.kind === 'sticker' ? ' stk' : ''}`} src={media.url} alt={media.name ?? t(`kind.${media.kind}`)} />;
  if (media.kind === 'video') return <video className="simpic" src={media.url} controls preload="metadata" />;
  if (media.kind === 'audio' || media.kind === 'voice') return <audio className="simaud" src={media.url} controls preload="none" />;
  return (
    <a className="filecard" href={media.url} download={media.name}>
      <span className="fico">
        <IconFile size={20} />
      </span>
      <span className="col trunc">
        <b className="trunc">{media.name ?? t('kind.document')}</b>
        <span className="mut x12">{bytes(media.size)}</span>
      </span>
    </a>
  );
}
