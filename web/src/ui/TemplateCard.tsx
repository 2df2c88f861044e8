import { IconFile, IconMapPin, IconPhoto, IconVideo } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ButtonIcon } from './ButtonIcon';
import { Formatted } from './Formatted';
import './bubble.css';
import './phone.css';

export interface CardButton {
  type: string;
  text: string;
}

export interface CardContent {
  header?: ReactNode;
  /** IMAGE, VIDEO, DOCUMENT, LOCATION: drawn as their place. */
  headerKind?: string;
  /** The picture of the header, once there is one. */
  picture?: string | undefined;
  body: ReactNode;
  footer?: string;
  buttons?: CardButton[];
}

const mediaIcons: Record<string, typeof IconPhoto> = {
  IMAGE: IconPhoto,
  VIDEO: IconVideo,
  DOCUMENT: IconFile,
  LOCATION: IconMapPin,
};

const words = (text: ReactNode) => (typeof text === 'string' ? <Formatted text={text} /> : text);

/** A template as it looks on the phone. */
export function TemplateCard({
  content,
  time,
  onTap,
}: {
  content: CardContent;
  time?: string;
  onTap?: (button: number) => void;
}) {
  const { header, headerKind = '', picture, body, footer, buttons = [] } = content;
  const MediaIcon = mediaIcons[headerKind.toUpperCase()];
  return (
    <div className="bb tpl first tcard">
      {MediaIcon && (
        <div className="tc-media">
          {picture ? <img src={picture} alt="" /> : <MediaIcon size={32} stroke={1.5} aria-hidden />}
        </div>
      )}
      {header && <div className="tc-head">{words(header)}</div>}
      <div className="tc-body">
        {words(body)}
        {(footer || time) && (
          <div className="row tc-foot">
            <span className="grow">{footer}</span>
            {time && <span className="num">{time}</span>}
          </div>
        )}
      </div>
      {buttons.map((button, i) => (
        <Tap key={i} {...(onTap ? { onTap: () => onTap(i) } : {})}>
          <ButtonIcon type={button.type} />
          {button.text}
        </Tap>
      ))}
    </div>
  );
}

const Tap = ({ onTap, children }: { onTap?: () => void; children: ReactNode }) =>
  onTap ? (
    <button type="button" className="bt" onClick={onTap}>
      {children}
    </button>
  ) : (
    <div className="bt">{children}</div>
  );
