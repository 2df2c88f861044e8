import { Menu, Popover } from '@mantine/core';
import { IconArrowBackUp, IconDots, IconMoodSmile, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useT } from '@/i18n';
import { time } from '@/lib/format';
import type { SimChat, SimMessage, SimSend } from '@/lib/types';
import { Hidden, IconBtn } from '@/ui/parts';
import { Formatted } from '@/ui/Formatted';
import { Ticks } from '@/ui/Ticks';
import { SimContent } from './SimContent';
import type { Entry } from './thread';
import { useExcerpt } from './words';

const emojis = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

interface Props {
  entry: Entry;
  all: SimMessage[];
  chat: SimChat;
  onReply: () => void;
  onSend: (body: SimSend) => Promise<boolean>;
}

/** A message on the phone: the customer's at the right. */
export function Bubble({ entry, all, chat, onReply, onSend }: Props) {
  const t = useT();
  const excerpt = useExcerpt();
  const { message: m, reactions, deleted, first } = entry;
  const mine = m.direction === 'in';
  const quoted = m.quoted ? all.find((one) => one.provider_id === m.quoted) : undefined;
  const sticker = m.view.type === 'sticker' && !deleted;
  const buttons = !mine && !deleted && (m.view.buttons?.length ?? 0) + (m.view.list ? 1 : 0) > 0;
  const bare = Boolean(m.view.template) || buttons;
  const framed = !bare && !deleted && (m.view.type === 'image' || m.view.type === 'video');
  return (
    <div className={`msg${mine ? ' o' : ''}${first ? ' first gap' : ''}`}>
      <div className="simbubble row">
        <div
          className={`bb${bare && !deleted ? ' tpl tcard' : ''}${sticker ? ' bare' : ''}${framed ? ' media' : ''}`}
        >
          <Hidden>{mine ? chat.name : chat.business}</Hidden>
          {quoted && (
            <div className="qt">
              <b>{quoted.direction === 'in' ? t('sandbox.you') : chat.business}</b>
              {excerpt({ ...quoted, direction: 'in' }, '')}
            </div>
          )}
          {deleted ? (
            <em className="mut">{t('sandbox.deleted')}</em>
          ) : m.view.reply ? (
            <Formatted text={m.view.reply.title} />
          ) : (
            <SimContent message={m} onSend={onSend} stamp={<Stamp message={m} mine={mine} />} />
          )}
          {!(bare && !deleted) && <Stamp message={m} mine={mine} />}
        </div>
        {!deleted && (
          <Tools message={m} mine={mine} reacted={reactions.length > 0} onReply={onReply} onSend={onSend} />
        )}
      </div>
      {reactions.length > 0 && (
        <span className="rx">
          {reactions.join('')}
          <Hidden>{t('sandbox.reaction')}</Hidden>
        </span>
      )}
    </div>
  );
}

const Stamp = ({ message: m, mine }: { message: SimMessage; mine: boolean }) => (
  <span className="st num">
    {m.at && time(m.at)}
    {mine && <Ticks status="delivered" size={15} />}
  </span>
);

interface ToolsProps {
  message: SimMessage;
  mine: boolean;
  reacted: boolean;
  onReply: () => void;
  onSend: (body: SimSend) => Promise<boolean>;
}

function Tools({ message: m, mine, reacted, onReply, onSend }: ToolsProps) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const react = (emoji: string) => {
    setOpen(false);
    void onSend({ type: 'reaction', target: m.provider_id, emoji });
  };
  return (
    <span className="simbtools">
      {!mine && (
        <Popover opened={open} onChange={setOpen} position="top" trapFocus>
          <Popover.Target>
            <IconBtn
              small
              plain
              label={t('sandbox.react')}
              aria-expanded={open}
              onClick={() => setOpen(!open)}
            >
              <IconMoodSmile size={15} />
            </IconBtn>
          </Popover.Target>
          <Popover.Dropdown p={4}>
            <div className="row" role="group" aria-label={t('sandbox.react')}>
              {emojis.map((emoji) => (
                <button key={emoji} type="button" className="ib" onClick={() => react(emoji)}>
                  {emoji}
                </button>
              ))}
            </div>
          </Popover.Dropdown>
        </Popover>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <IconBtn small plain label={t('sandbox.options')}>
            <IconDots size={15} />
          </IconBtn>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={onReply}>
            {t('sandbox.reply')}
          </Menu.Item>
          {reacted && !mine && <Menu.Item onClick={() => react('')}>{t('sandbox.unreact')}</Menu.Item>}
          {mine && (
            <Menu.Item
              leftSection={<IconTrash size={16} />}
              onClick={() => void onSend({ type: 'revoke', target: m.provider_id })}
            >
              {t('sandbox.delete')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
