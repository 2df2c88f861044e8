import { Fragment, memo, type ReactNode } from 'react';
import { parseMarks, type Mark } from './marks';

const draw = (marks: Mark[]): ReactNode[] =>
  marks.map((mark, i) => {
    switch (mark.kind) {
      case 'text':
        return <Fragment key={i}>{mark.text}</Fragment>;
      case 'bold':
        return <b key={i}>{draw(mark.inner)}</b>;
      case 'italic':
        return <i key={i}>{draw(mark.inner)}</i>;
      case 'strike':
        return <s key={i}>{draw(mark.inner)}</s>;
      case 'code':
        return <code key={i}>{mark.text}</code>;
      case 'link':
        return (
          <a key={i} href={mark.text} target="_blank" rel="noreferrer noopener">
            {mark.text}
          </a>
        );
    }
  });

/** The pieces of a text, for those who put other things between them. */
export const format = (text: string): ReactNode[] => draw(parseMarks(text));

/** A text as the phone shows it: *bold*, _italic_, ~struck~, ```code``` and addresses. */
export const Formatted = memo(function Formatted({ text }: { text: string }) {
  return (
    <span className="ftext" dir="auto">
      {format(text)}
    </span>
  );
});
