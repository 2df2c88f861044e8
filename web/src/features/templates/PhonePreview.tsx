import { IconChevronLeft, IconFile, IconMapPin, IconPhoto, IconVideo } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useMe } from '@/app/session';
import { buttonIcon } from '@/features/inbox/conversation/content/Choices';
import { useT } from '@/i18n';
import { time } from '@/lib/format';
import { Avatar } from '@/ui/parts';
import { format } from '@/ui/Formatted';
import { buttonsOf, component, headerKind, variable, type Shape } from './placeholders';
import { keyOf, type GivenValues } from './values';
import './preview.css';

/** The phone of the contact: what is filled and what is still missing can be told apart. */
export function PhonePreview({
  template,
  given,
  name,
}: {
  template: Shape;
  given: GivenValues;
  name: string;
}) {
  const t = useT();
  const me = useMe();
  const header = component(template, 'HEADER');
  const kind = header && headerKind(header.format);
  const media = given['header//'];
  const icons: Record<string, ReactNode> = {
    image: <IconPhoto size={30} />,
    video: <IconVideo size={30} />,
    document: <IconFile size={30} />,
    location: <IconMapPin size={30} />,
  };
  return (
    <figure className="pvw">
      <figcaption className="x12 med mut">{t('template.asSeen', { name })}</figcaption>
      <div className="device">
        <div className="dhead">
          <IconChevronLeft size={18} />
          <Avatar id={me.account.id} name={me.account.name} size={28} />
          <span className="col">
            <b>{me.account.name}</b>
            <span className="mut">{t('template.business')}</span>
          </span>
        </div>
        <div className="dscreen">
          <div className="dmsg">
            {kind && kind !== 'text' && (
              <div className="dmedia">{media?.url ? <img src={media.url} alt="" /> : icons[kind]}</div>
            )}
            {kind === 'text' && <div className="dh1">{parts('header', header?.text ?? '', given)}</div>}
            <div className="dtext">{parts('body', component(template, 'BODY')?.text ?? '', given)}</div>
            <div className="dfoot">
              <span>{component(template, 'FOOTER')?.text}</span>
              <span className="num">{time(Date.now())}</span>
            </div>
            {buttonsOf(template).map((b, i) => (
              <div className="dbt" key={i}>
                {buttonIcon(b.type.toUpperCase())}
                {b.text}
              </div>
            ))}
          </div>
        </div>
      </div>
    </figure>
  );
}

function parts(part: 'header' | 'body', text: string, given: GivenValues): ReactNode[] {
  const out: ReactNode[] = [];
  let from = 0;
  for (const found of text.matchAll(variable)) {
    out.push(...format(text.slice(from, found.index)));
    const value = given[keyOf({ component: part, name: found[1] ?? '' })]?.text;
    out.push(
      <span key={found.index} className={value ? 'dset' : 'dmiss'}>
        {value || found[0]}
      </span>,
    );
    from = found.index + found[0].length;
  }
  out.push(...format(text.slice(from)));
  return out.map((node, i) => <span key={i}>{node}</span>);
}
