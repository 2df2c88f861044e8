import { useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { api, ok } from '@/api/client';
import { useT } from '@/i18n';
import { useNow } from '@/lib/clock';
import { toastError } from '@/lib/errors';
import { dayKey, dayTitle } from '@/lib/format';
import type { SimChat, SimMessage, SimSend } from '@/lib/types';
import { PhoneFrame } from '@/ui/PhoneFrame';
import { Bubble } from './Bubble';
import { chatMessages, look, sendAs } from './queries';
import { SimComposer } from './SimComposer';
import { thread } from './thread';

interface Props {
  chat: SimChat;
  onBack: (() => void) | undefined;
}

/** The chat on the customer's screen. While it is shown, what arrives is read (where receipts are on). */
export function Phone({ chat, onBack }: Props) {
  const t = useT();
  const now = useNow();
  const { data } = useQuery(chatMessages(chat.id));
  const [reply, setReply] = useState<SimMessage | null>(null);
  const line = useRef<HTMLDivElement>(null);
  const end = useRef(true);
  const typing = chat.typing_until ? Date.parse(chat.typing_until) > now : false;
  const entries = thread(data ?? [], dayKey);
  const last = data?.at(-1)?.id;

  useEffect(() => {
    const path = { params: { path: { id: chat.id } } };
    const show = (open: boolean) =>
      void ok(api.PATCH('/api/v1/sandbox/chats/{id}', { ...path, body: { open } })).catch(() => undefined);
    if (chat.receipts)
      void ok(api.POST('/api/v1/sandbox/chats/{id}/read', path))
        .then(look)
        .catch(() => undefined);
    show(true);
    return () => show(false);
    // Once for each chat; its switches have their own requests.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chat.id]);

  /** Stays at the newest message, also when a picture takes its room later. */
  function toEnd() {
    const it = line.current;
    if (it && end.current) it.scrollTop = it.scrollHeight;
  }
  useLayoutEffect(toEnd, [last, entries.length, typing]);

  async function send(body: SimSend) {
    try {
      end.current = true;
      await sendAs(chat, body);
      return true;
    } catch (refusal) {
      toastError(refusal);
      return false;
    }
  }

  return (
    <PhoneFrame
      size="full"
      business={chat.business}
      subtitle={typing ? <span className="typing">{t('sandbox.typing')}</span> : t('sandbox.business')}
      onBack={onBack}
      backLabel={t('sandbox.back')}
      foot={<SimComposer chat={chat} reply={reply} onDone={() => setReply(null)} onSend={send} />}
    >
      <div
        className="simline-of"
        ref={line}
        role="log"
        aria-label={t('sandbox.messages')}
        tabIndex={0}
        onLoadCapture={toEnd}
        onScroll={(event) => {
          const it = event.currentTarget;
          end.current = it.scrollHeight - it.scrollTop - it.clientHeight < 60;
        }}
      >
        {data?.length === 0 && <p className="mut x13 simquiet">{t('sandbox.sayHello')}</p>}
        {entries.map((entry) => (
          <div key={entry.message.id} className="simentry">
            {entry.day && entry.message.at && <div className="day">{dayTitle(entry.message.at)}</div>}
            <Bubble
              entry={entry}
              all={data ?? []}
              chat={chat}
              onReply={() => setReply(entry.message)}
              onSend={send}
            />
          </div>
        ))}
      </div>
    </PhoneFrame>
  );
}
