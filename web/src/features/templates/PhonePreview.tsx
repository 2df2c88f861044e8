import type { ReactNode } from 'react';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import { time } from '@/lib/format';
import { format } from '@/ui/Formatted';
import { PhoneFrame } from '@/ui/PhoneFrame';
import { TemplateCard } from '@/ui/TemplateCard';
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
  const kind = (header && headerKind(header.format)) ?? '';
  const footer = component(template, 'FOOTER')?.text;
  return (
    <figure className="pvw">
      <figcaption className="x12 med mut">{t('template.asSeen', { name })}</figcaption>
      <PhoneFrame business={me.account.name} subtitle={t('template.business')}>
        <div className="pad scroll">
          <TemplateCard
            time={time(Date.now())}
            content={{
              headerKind: kind,
              picture: given['header//']?.url,
              body: parts('body', component(template, 'BODY')?.text ?? '', given),
              buttons: buttonsOf(template).map((b) => ({ type: b.type, text: b.text ?? '' })),
              ...(kind === 'text' ? { header: parts('header', header?.text ?? '', given) } : {}),
              ...(footer ? { footer } : {}),
            }}
          />
        </div>
      </PhoneFrame>
    </figure>
  );
}

function parts(part: 'header' | 'body', text: string, given: GivenValues): ReactNode {
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
  return (
    <span className="ftext">
      {out.map((node, i) => (
        <span key={i}>{node}</span>
      ))}
    </span>
  );
}
