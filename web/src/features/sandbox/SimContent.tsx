import { IconFile, IconListDetails, IconMapPin, IconUser } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useT } from '@/i18n';
import { bytes } from '@/lib/format';
import type { SimButton, SimMessage, SimSend } from '@/lib/types';
import { copyText } from '@/ui/CopyLine';
import { Formatted } from '@/ui/Formatted';
import { ButtonIcon } from '@/ui/ButtonIcon';
import { ListSheet } from './ListSheet';
import { kindWord } from './words';

interface Props {
  message: SimMessage;
  stamp: ReactNode;
  onSend: (body: SimSend) => Promise<boolean>;
}

/** What a message carries, as the phone draws it. */
export function SimContent({ message: m, stamp, onSend }: Props) {
  const { view } = m;
  const taps = m.direction === 'out' && ((view.buttons?.length ?? 0) > 0 || view.list);
  const text = view.body && <Formatted text={view.body} />;
  if (view.template || taps)
    return (
      <>
        {view.media && (
          <div className="tpad">
            <SimMediaView message={m} />
          </div>
        )}
        {view.location && <Place view={view.location} />}
        {view.header && (
          <div className="tc-head">
            <Formatted text={view.header} />
          </div>
        )}
        <div className="tc-body">
          {text}
          <div className="row tc-foot">
            <span className="grow">{view.footer}</span>
            {stamp}
          </div>
        </div>
        <Taps message={m} onSend={onSend} />
      </>
    );
  return (
    <>
      {view.header && <div className="semi">{view.header}</div>}
      {view.media && <SimMediaView message={m} />}
      {view.location && <Place view={view.location} />}
      {view.contacts?.map((card, i) => (
        <div key={i} className="row g8 simcard">
          <IconUser size={20} aria-hidden />
          <span>
            <span className="med">{card.name.formatted_name}</span>
            <span className="x12 mut num simblock">{card.phones?.map((p) => p.phone).join(', ')}</span>
          </span>
        </div>
      ))}
      {text}
      {view.footer && <div className="x12 mut">{view.footer}</div>}
      {!text && !view.media && !view.location && !view.contacts?.length && !view.header && (
        <em className="mut">
          {view.unsupported ? `${kindWord('unsupported')} (${view.unsupported})` : kindWord(view.type)}
        </em>
      )}
    </>
  );
}

function SimMediaView({ message: m }: { message: SimMessage }) {
  const media = m.view.media;
  if (!media) return null;
  const name = media.name || kindWord(media.kind);
  switch (media.kind) {
    case 'image':
      return <img className="simimg" src={media.url} alt={name} loading="lazy" />;
    case 'sticker':
      return <img className="simsticker" src={media.url} alt={name} width={120} height={120} />;
    case 'video':
      return <video className="simimg" src={media.url} controls preload="metadata" aria-label={name} />;
    case 'audio':
    case 'voice':
      return <audio className="simaudio" src={media.url} controls preload="metadata" aria-label={name} />;
    default:
      return (
        <a className="row g8 simcard" href={media.url} download={media.name ?? ''}>
          <IconFile size={22} aria-hidden />
          <span>
            <span className="med">{name}</span>
            <span className="x12 mut simblock">{bytes(media.size)}</span>
          </span>
        </a>
      );
  }
}

const Place = ({ view }: { view: NonNullable<SimMessage['view']['location']> }) => (
  <div className="row g8 simcard">
    <IconMapPin size={20} aria-hidden />
    <span>
      {view.name && <span className="med simblock">{view.name}</span>}
      {view.address && <span className="x12 simblock">{view.address}</span>}
      <span className="x12 mut num">{`${view.latitude.toFixed(5)}, ${view.longitude.toFixed(5)}`}</span>
    </span>
  </div>
);

/** Buttons and lists to tap; a template's go by their position. */
function Taps({ message: m, onSend }: Omit<Props, 'stamp'>) {
  const t = useT();
  const [list, setList] = useState(false);
  const target = m.provider_id;

  function tap(button: SimButton, at: number) {
    if (button.type === 'reply')
      void onSend(
        m.view.template
          ? { type: 'template_button', target, choice: button.id ?? String(at) }
          : { type: 'button_reply', target, choice: button.id ?? '' },
      );
    else if (button.type === 'copy') void copyText(button.text);
    else if (button.type === 'location')
      void onSend({
        type: 'location',
        location: { latitude: -25.4412, longitude: -49.2766, name: 'Batel', address: 'Curitiba, PR' },
      });
  }

  return (
    <>
      {m.view.buttons?.map((button, i) =>
        button.url ? (
          <a key={i} className="bt" href={button.url} target="_blank" rel="noopener noreferrer">
            <ButtonIcon type={button.type} />
            {button.text}
          </a>
        ) : (
          <button key={i} type="button" className="bt" onClick={() => tap(button, i)}>
            <ButtonIcon type={button.type} />
            {button.text}
          </button>
        ),
      )}
      {m.view.list && (
        <button type="button" className="bt" aria-haspopup="dialog" onClick={() => setList(true)}>
          <IconListDetails size={16} aria-hidden />
          {m.view.list.button || t('sandbox.kind.list')}
        </button>
      )}
      {list && m.view.list && (
        <ListSheet
          list={m.view.list}
          onClose={() => setList(false)}
          onChoose={(choice) => {
            setList(false);
            void onSend({ type: 'list_reply', target, choice });
          }}
        />
      )}
    </>
  );
}
