import { IconPlus } from '@tabler/icons-react';
import { useT } from '@/i18n';
import { shortTime } from '@/lib/format';
import { formatPhone } from '@/lib/phone';
import type { SimChat } from '@/lib/types';
import { Avatar, Btn, Hidden } from '@/ui/parts';
import { Skeleton } from '@/ui/Skeleton';
import { useExcerpt } from './words';

interface Props {
  chats: SimChat[] | undefined;
  current: string | undefined;
  onChoose: (id: string) => void;
  onNew: () => void;
}

/** The customers whose phones we hold. */
export function ChatList({ chats, current, onChoose, onNew }: Props) {
  const t = useT();
  const excerpt = useExcerpt();
  return (
    <section className="simchats" aria-label={t('sandbox.customers')}>
      <div className="row simhead">
        <h2 className="med x13 grow">{t('sandbox.customers')}</h2>
        <Btn size="small" icon={<IconPlus size={15} />} onClick={onNew}>
          {t('sandbox.new')}
        </Btn>
      </div>
      <ul className="scroll grow" tabIndex={-1}>
        {chats?.map((chat) => (
          <li key={chat.id}>
            <button
              type="button"
              className={`simrow${chat.id === current ? ' sel' : ''}`}
              aria-current={chat.id === current || undefined}
              onClick={() => onChoose(chat.id)}
            >
              <Avatar id={chat.id} name={chat.name || formatPhone(chat.phone)} size={40} />
              <span className="grow col">
                <span className="row g8">
                  <span className="med trunc grow">{chat.name || formatPhone(chat.phone)}</span>
                  <span className="x12 mut num">
                    {chat.last_message_at && shortTime(chat.last_message_at)}
                  </span>
                </span>
                <span className="row g8">
                  <span className="x13 sec trunc grow">{excerpt(chat.last_message, chat.business)}</span>
                  {chat.unread > 0 && (
                    <span className="count">
                      {chat.unread}
                      <Hidden>{t('sandbox.unread')}</Hidden>
                    </span>
                  )}
                </span>
              </span>
            </button>
          </li>
        )) ??
          [150, 190, 130].map((w) => (
            <li key={w} className="simrow">
              <Skeleton w={40} h={40} round />
              <Skeleton w={w} h={12} />
            </li>
          ))}
      </ul>
    </section>
  );
}
