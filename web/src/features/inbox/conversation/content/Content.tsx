import {
  IconBan,
  IconFileText,
  IconMapPin,
  IconPhoneCall,
  IconShoppingCart,
  IconUser,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useT } from '@/i18n';
import { duration } from '@/lib/format';
import { formatPhone } from '@/lib/phone';
import type { Entry } from '@/lib/outbox';
import type { Media, Message } from '@/lib/types';
import { Formatted } from '@/ui/Formatted';
import { Choices, TemplateCard } from './Choices';
import { AudioPlayer, Document, Picture, Sticker } from './MediaParts';

interface Props {
  message: Message;
  local: Entry | undefined;
  stamp: ReactNode;
  onView: (media: Media) => void;
}

/** What a message carries, by its type. */
export function Content({ message: m, local, stamp, onView }: Props) {
  const t = useT();
  if (m.deleted_at)
    return (
      <span className="quiet">
        <IconBan size={15} />
        {t('timeline.deleted')}
        {stamp}
      </span>
    );
  const media = m.media[0];
  switch (m.type) {
    case 'image':
    case 'video':
      return (
        <>
          {media && <Picture media={media} local={local} onView={onView} />}
          <div className="cap">
            {m.body && <Formatted text={m.body} />}
            {stamp}
          </div>
        </>
      );
    case 'sticker':
      return (
        <>
          {media && <Sticker media={media} local={local} />}
          {stamp}
        </>
      );
    case 'audio':
    case 'voice':
      return (
        <>
          {media && <AudioPlayer media={media} />}
          {stamp}
        </>
      );
    case 'document':
      return (
        <>
          {media && <Document media={media} />}
          {m.body && <Formatted text={m.body} />}
          {stamp}
        </>
      );
    case 'template':
      return m.template ? (
        <TemplateCard template={m.template} media={media} stamp={stamp} onView={onView} />
      ) : (
        <>{stamp}</>
      );
    case 'interactive':
      return m.interactive ? (
        <Choices interactive={m.interactive} body={m.body} stamp={stamp} />
      ) : (
        <>
          <Formatted text={m.body} />
          {stamp}
        </>
      );
    case 'location':
      return (
        <>
          {m.location && <Place location={m.location} />}
          {stamp}
        </>
      );
    case 'contacts':
      return (
        <>
          {m.contacts?.map((card, i) => (
            <div className="filecard" key={i}>
              <span className="fico">
                <IconUser size={20} />
              </span>
              <span className="col trunc">
                <b>{card.name.formatted_name}</b>
                <span className="mut x12 num">
                  {[
                    ...(card.phones ?? []).map((p) => formatPhone(p.phone)),
                    ...(card.emails ?? []).map((e) => e.email),
                  ].join(' · ')}
                </span>
              </span>
            </div>
          ))}
          {stamp}
        </>
      );
    case 'order':
      return (
        <>
          <span className="quiet">
            <IconShoppingCart size={15} />
            {t('timeline.order', { count: m.order?.items.length ?? 0 })}
          </span>
          {m.order?.text && <Formatted text={m.order.text} />}
          {stamp}
        </>
      );
    case 'call':
      return (
        <span className="quiet">
          <IconPhoneCall size={15} />
          {t('kind.call')} {m.call?.duration_ms ? duration(m.call.duration_ms) : ''}
          {stamp}
        </span>
      );
    case 'unsupported':
      return (
        <span className="quiet">
          <IconFileText size={15} />
          {t('timeline.unsupported', { kind: m.unsupported ?? '' })}
          {stamp}
        </span>
      );
    default:
      return (
        <>
          <Formatted text={m.body || m.system?.text || ''} />
          {stamp}
        </>
      );
  }
}

function Place({ location }: { location: NonNullable<Message['location']> }) {
  const t = useT();
  return (
    <div className="filecard">
      <span className="fico">
        <IconMapPin size={20} />
      </span>
      <span className="col trunc">
        <b>{location.name || t('kind.location')}</b>
        <span className="mut x12">{location.address}</span>
        <span className="mut x12 num">{`${location.latitude.toFixed(5)}, ${location.longitude.toFixed(5)}`}</span>
      </span>
    </div>
  );
}
