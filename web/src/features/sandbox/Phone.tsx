import { IconChevronLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useT } from '@/i18n';
import { toastError } from '@/lib/errors';
import { dayKey, dayTitle } from '@/lib/format';
import { useNow } from '@/lib/clock';
import type { SimChat, SimMessage, SimSend } from '@/lib/types';
import { Avatar } from '@/ui/parts';
import { sendAs, sim } from './api';
import { PhoneBubble } from './PhoneBubble';
import { PhoneComposer } from './PhoneComposer';

/** One chat on the customer's phone. */
export function Phone({ chat, onBack }: { chat: SimChat; onBack: () => void }) {
  const t = useT();
  const now = useNow();
  const { data: messages = [] } = useQuery(sim.messages(chat.id));
  const [quoted, setQuoted] = useState<SimMessage | null>(null);
  const screen = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => messages.filter((m) => !m.view.reaction && !m.view.revoked), [messages]);
  const reactions = useMemo(() => {
    const map = new Map<string, string>();
    for (const m of messages) {
      const r = m.view.reaction;
      if (r) map.set(`${r.provider_id}/${m.direction}`, r.emoji);
    }
    return map;
  }, [messages]);
  const revoked = useMemo(() => new Set(messages.map((m) => m.view.revoked).filter(Boolean)), [messages]);
  const last = shown.at(-1)?.id;
  useLayoutEffect(() => {
    screen.current?.scrollTo({ top: screen.current.scrollHeight });
  }, [last]);
  useEffect(() => setQuoted(null), [chat.id]);

  const send = (body: SimSend) => sendAs(chat.id, body).catch(toastError);
  const typing = chat.typing_until && Date.parse(chat.typing_until) > now;
  return (
    <div className="phone" aria-label={t('sandbox.phone', { name: chat.name || chat.phone })} role="region">
      <div className="ptopbar">
        <button type="button" className="ib" aria-label={t('action.back')} onClick={onBack}>
          <IconChevronLeft size={22} />
        </button>
        <Avatar id={chat.connection_id ?? chat.id} name={chat.business} size={34} />
        <span className="col grow trunc">
          <b className="trunc">{chat.business}</b>
          <span className="x12 mut">{typing ? t('sandbox.typing') : t('template.business')}</span>
        </span>
      </div>
      <div className="pscreen" ref={screen} tabIndex={0} role="log" aria-label={t('timeline.label')}>
        {shown.length === 0 && <p className="mut x13 sbnone">{t('sandbox.firstWords')}</p>}
        {shown.map((m, i) => {
          const before = shown[i - 1];
          return (
            <div key={m.id} className="pline">
              {(!before || dayKey(before.at) !== dayKey(m.at)) && <div className="day">{dayTitle(m.at)}</div>}
              <PhoneBubble
                message={m}
                quoted={shown.find((x) => x.provider_id === m.quoted)}
                gone={revoked.has(m.provider_id)}
                reactions={[reactions.get(`${m.provider_id}/in`), reactions.get(`${m.provider_id}/out`)].filter((e): e is string => Boolean(e))}
                mine={reactions.get(`${m.provider_id}/in`) ?? ''}
                business={chat.business}
                onSend={(body) => void send(body)}
                onQuote={() => setQuoted(m)}
              />
            </div>
          );
        })}
      </div>
      <PhoneComposer quoted={quoted} onUnquote={() => setQuoted(null)} onSend={send} />
    </div>
  );
}
