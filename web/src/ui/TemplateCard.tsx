import {
  IconArrowBackUp,
  IconCopy,
  IconExternalLink,
  IconFile,
  IconForms,
  IconMapPin,
  IconPhone,
  IconPhoto,
  IconVideo,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { WaText } from './WaText';
import '@/features/inbox/conversation.css';
import './phone.css';

export interface CardButton {
  type: string;
  text: string;
}

export interface CardContent {
  header?: string;
  /** IMAGE, VIDEO, DOCUMENT, LOCATION: drawn as their place. */
  headerKind?: string;
  body: string;
  footer?: string;
  buttons?: CardButton[];
}

const buttonIcons: Record<string, typeof IconCopy> = {
  url: IconExternalLink,
  cta_url: IconExternalLink,
  phone_number: IconPhone,
  phone: IconPhone,
  voice_call: IconPhone,
  call: IconPhone,
  copy_code: IconCopy,
  copy: IconCopy,
  otp: IconCopy,
  flow: IconForms,
  location: IconMapPin,
};

export function ButtonIcon({ type, size = 16 }: { type: string; size?: number }) {
  const Icon = buttonIcons[type.toLowerCase()] ?? IconArrowBackUp;
  return <Icon size={size} aria-hidden />;
}

const mediaIcons: Record<string, typeof IconPhoto> = {
  IMAGE: IconPhoto,
  VIDEO: IconVideo,
  DOCUMENT: IconFile,
  LOCATION: IconMapPin,
};

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
  const { header, headerKind = '', body, footer, buttons = [] } = content;
  const MediaIcon = mediaIcons[headerKind.toUpperCase()];
  return (
    <div className="bb tpl first tcard">
      {MediaIcon && (
        <div className="tmedia">
          <MediaIcon size={32} stroke={1.5} aria-hidden />
        </div>
      )}
      {header && (
        <div className="tc-head">
          <WaText>{header}</WaText>
        </div>
      )}
      <div className="tc-body">
        <WaText>{body}</WaText>
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
