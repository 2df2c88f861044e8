import { Fragment, type ReactNode } from 'react';
import { parseMarks, type Mark } from './marks';

function draw(marks: Mark[]): ReactNode {
  return marks.map((mark, i) => {
    switch (mark.kind) {
      case 'text':
        return <Fragment key={i}>{mark.text}</Fragment>;
      case 'bold':
        return <strong key={i}>{draw(mark.inner)}</strong>;
      case 'italic':
        return <em key={i}>{draw(mark.inner)}</em>;
      case 'strike':
        return <s key={i}>{draw(mark.inner)}</s>;
      case 'code':
        return <code key={i}>{mark.text}</code>;
    }
  });
}

/** A text as the phone shows it: *bold*, _italic_, ~strike~, ```code```. */
export const WaText = ({ children }: { children: string }) => (
  <span className="watext">{draw(parseMarks(children))}</span>
);
