import { IconBrandMeta, IconTemplate } from '@tabler/icons-react';
import { useT } from '@/i18n';
import { time } from '@/lib/format';
import type { Entry } from '@/lib/outbox';
import type { Media, Message, Ticket } from '@/lib/types';
import { Hidden } from '@/ui/parts';
import { Ticks } from '@/ui/Ticks';
import { useLink } from '@/features/frame/link';
import { useNames } from '../names';
import { Content } from './content/Content';
import { BubbleMenu } from './BubbleMenu';
import { Trouble } from './Trouble';

interface Props {
  message: Message;
  ticket: Ticket;
  first: boolean;
  local: Entry | undefined;
  marked: boolean;
  onView: (media: Media) => void;
}

const WIDE = new Set<Message['type']>(['image', 'video']);

export function Bubble({ message: m, ticket, first, local, marked, onView }: Props) {
  const t = useT();
  const names = useNames();
  const link = useLink();
  const out = m.direction === 'out';
  const failed = m.status === 'failed' || m.status === 'expired' || m.status === 'uncertain';
  const author =
    m.author === 'user'
      ? names.user(m.user_id)?.name.split(' ')[0]
      : out
        ? t(`author.${m.author}`)
        : undefined;
  const waits = local ? (link.state === 'live' ? 'sending' : 'offline') : undefined;
  const bare = m.type === 'sticker' && !m.deleted_at;
  const framed = WIDE.has(m.type) && !m.deleted_at;
  return (
    <div
      className={`msg${out ? ' o' : ''}${first ? ' first gap' : ''}${failed && out ? ' failed' : ''}${marked ? ' marked' : ''}`}
      data-message={m.id}
      data-status={waits ?? m.status}
    >
      {out && first && author && (
        <div className="who">
          {m.template ? t('timeline.template', { name: author }) : author}
          {m.template && <IconTemplate size={13} />}
        </div>
      )}
      {m.referral && (
        <div className="who">
          <IconBrandMeta size={13} />
          {t('timeline.ad', { title: m.referral.headline ?? '' })}
        </div>
      )}
      <div className="bbrow">
        <div
          className={`bb${m.template ? ' tpl' : ''}${framed ? ' media' : ''}${bare ? ' bare' : ''}`}
          tabIndex={-1}
        >
          <Hidden>
            {out
              ? t('timeline.from', { name: author ?? '' })
              : t('timeline.from', { name: ticket.contact.name })}
          </Hidden>
          {m.reply_to && <Quote message={m} ticket={ticket} />}
          {m.forwarded && <div className="fwd">{t('timeline.forwarded')}</div>}
          <Content
            message={m}
            local={local}
            onView={onView}
            stamp={<Stamp m={m} out={out} waits={waits} />}
          />
        </div>
        {!local && <BubbleMenu message={m} ticket={ticket} />}
      </div>
      {m.reactions.length > 0 && (
        <span className="rx">
          {m.reactions.map((r) => r.emoji).join('')}
          <Hidden>{t('timeline.reaction')}</Hidden>
        </span>
      )}
      {out && failed && <Trouble message={m} />}
    </div>
  );
}

function Stamp({ m, out, waits }: { m: Message; out: boolean; waits: 'sending' | 'offline' | undefined }) {
  const t = useT();
  return (
    <span className="st">
      {m.edited_at && <span>{t('timeline.edited')}</span>}
      {time(m.at)}
      {out && <Ticks status={m.status} local={waits} size={15} />}
    </span>
  );
}

function Quote({ message, ticket }: { message: Message; ticket: Ticket }) {
  const t = useT();
  const names = useNames();
  const quoted = message.reply_to;
  if (!quoted) return null;
  const name =
    quoted.author === 'contact'
      ? ticket.contact.name
      : (names.user(quoted.user_id)?.name ?? t('timeline.us'));
  return (
    <div className="qt">
      <b>{name}</b>
      <span className="qx">
        {quoted.excerpt || (quoted.type ? t(`kind.${quoted.type}`) : t('timeline.unknownQuote'))}
      </span>
    </div>
  );
}
