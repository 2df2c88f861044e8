import { Menu } from '@mantine/core';
import { IconArrowBackUp, IconChevronDown, IconCopy, IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { api, ok } from '@/api/client';
import { takeMessage } from '@/stream/apply';
import { useT } from '@/i18n';
import { toast, toastError } from '@/lib/errors';
import type { Message, Ticket } from '@/lib/types';
import { replyTo } from '../composer/replying';
import { MessageDetail } from './MessageDetail';

const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

interface Props {
  message: Message;
  ticket: Ticket;
}

/** A plain button until it is asked for: fifty menus would be most of the work of opening a conversation. */
export function BubbleMenu(props: Props) {
  const t = useT();
  const [asked, setAsked] = useState(false);
  if (asked) return <Options {...props} />;
  return (
    <button
      type="button"
      className="bmenu"
      aria-label={t('timeline.options')}
      aria-haspopup="menu"
      aria-expanded={false}
      onClick={() => setAsked(true)}
    >
      <IconChevronDown size={16} />
    </button>
  );
}

function Options({ message: m, ticket }: Props) {
  const t = useT();
  const [detail, setDetail] = useState(false);
  const mine = m.reactions.find((r) => r.author === 'us')?.emoji;

  async function react(emoji: string) {
    const path = { id: m.id };
    try {
      if (mine === emoji) {
        await ok(api.DELETE('/api/v1/messages/{id}/reaction', { params: { path } }));
        takeMessage({ ...m, reactions: m.reactions.filter((r) => r.author !== 'us') });
      } else {
        takeMessage(
          await ok(api.PUT('/api/v1/messages/{id}/reaction', { params: { path }, body: { emoji } })),
        );
      }
    } catch (error) {
      toastError(error);
    }
  }

  return (
    <>
      <Menu defaultOpened position={m.direction === 'out' ? 'bottom-end' : 'bottom-start'} width={210}>
        <Menu.Target>
          <button type="button" className="bmenu" aria-label={t('timeline.options')}>
            <IconChevronDown size={16} />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {m.can.includes('react') && (
            <div className="quick" role="group" aria-label={t('timeline.react')}>
              {QUICK.map((emoji) => (
                <Menu.Item
                  key={emoji}
                  className={mine === emoji ? 'on' : ''}
                  onClick={() => void react(emoji)}
                  aria-label={t('timeline.reactWith', { emoji })}
                >
                  {emoji}
                </Menu.Item>
              ))}
            </div>
          )}
          {m.can.includes('reply') && (
            <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={() => replyTo(ticket.id, m)}>
              {t('timeline.reply')}
            </Menu.Item>
          )}
          {m.body && (
            <Menu.Item
              leftSection={<IconCopy size={16} />}
              onClick={() => void navigator.clipboard.writeText(m.body).then(() => toast(t('action.copied')))}
            >
              {t('action.copy')}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconInfoCircle size={16} />} onClick={() => setDetail(true)}>
            {t('timeline.details')}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {detail && <MessageDetail message={m} onClose={() => setDetail(false)} />}
    </>
  );
}
