import { IconList } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Interactive, Media, RenderedButton, TemplateSend } from '@/lib/types';
import { ButtonIcon } from '@/ui/ButtonIcon';
import { Formatted } from '@/ui/Formatted';
import { useT } from '@/i18n';
import { Picture } from './MediaParts';

/** A template as it looks on the phone. */
export function TemplateCard({
  template,
  media,
  stamp,
  onView,
}: {
  template: TemplateSend;
  media: Media | undefined;
  stamp: ReactNode;
  onView: (m: Media) => void;
}) {
  return (
    <>
      {media && (
        <div className="tmedia">
          <Picture media={media} local={undefined} onView={onView} />
        </div>
      )}
      {template.header && <div className="h">{template.header}</div>}
      <div className="b">
        <Formatted text={template.text} />
        {template.footer && <div className="f">{template.footer}</div>}
        {stamp}
      </div>
      {template.buttons?.map((button, i) => (
        <CardButton key={i} button={button} />
      ))}
    </>
  );
}

const CardButton = ({ button }: { button: RenderedButton }) => (
  <div className="bt">
    <ButtonIcon type={button.type} size={15} />
    {button.text}
  </div>
);

/** Buttons and lists we sent, and what was chosen of them. */
export function Choices({
  interactive: it,
  body,
  stamp,
}: {
  interactive: Interactive;
  body: string;
  stamp: ReactNode;
}) {
  const t = useT();
  if (it.reply)
    return (
      <>
        <Formatted text={it.reply.title || body} />
        {it.reply.description && <div className="mut x12">{it.reply.description}</div>}
        {stamp}
      </>
    );
  return (
    <>
      {it.header?.text && <div className="semi">{it.header.text}</div>}
      <Formatted text={it.body || body} />
      {it.footer && <div className="mut x12">{it.footer}</div>}
      {stamp}
      <div className="ichoices">
        {it.buttons?.map((button) => (
          <div className="bt" key={button.id}>
            <ButtonIcon type="reply" size={15} />
            {button.title}
          </div>
        ))}
        {it.list && (
          <details>
            <summary className="bt">
              <IconList size={15} />
              {it.list.button}
            </summary>
            <ul aria-label={t('kind.interactive')}>
              {it.list.sections.flatMap((section) =>
                section.rows.map((row) => (
                  <li key={row.id}>
                    {row.title}
                    {row.description && <span className="mut x12"> · {row.description}</span>}
                  </li>
                )),
              )}
            </ul>
          </details>
        )}
        {it.link && (
          <div className="bt">
            <ButtonIcon type="url" size={15} />
            {it.link.text}
          </div>
        )}
      </div>
    </>
  );
}
