import { Fragment, memo, type ReactNode } from 'react';

// WhatsApp's marks: *bold*, _italic_, ~struck~, ```code```; and addresses.
const mark = /(^|[\s(.,;:!?"'])([*_~])(?=\S)([^\n]*?\S)\2(?=$|[\s).,;:!?"'])/;
const code = /```([^]+?)```/;
const link = /\bhttps?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]]/;
const tags = { '*': 'b', _: 'i', '~': 's' } as const;

export function format(text: string): ReactNode[] {
  for (const [pattern, make] of [
    [code, (found: RegExpExecArray) => [found.index, <code key="c">{found[1]}</code>] as const],
    [
      link,
      (found: RegExpExecArray) =>
        [
          found.index,
          <a key="l" href={found[0]} target="_blank" rel="noreferrer noopener">
            {found[0]}
          </a>,
        ] as const,
    ],
    [
      mark,
      (found: RegExpExecArray) => {
        const Tag = tags[found[2] as keyof typeof tags];
        return [found.index + (found[1]?.length ?? 0), <Tag key="m">{format(found[3] ?? '')}</Tag>] as const;
      },
    ],
  ] as const) {
    const found = pattern.exec(text);
    if (!found) continue;
    const [start, node] = make(found);
    const end = found.index + found[0].length;
    return [...format(text.slice(0, start)), node, ...format(text.slice(end))].filter((part) => part !== '');
  }
  return text ? [text] : [];
}

export const Formatted = memo(function Formatted({ text }: { text: string }) {
  return (
    <span className="ftext" dir="auto">
      {format(text).map((node, i) => (
        <Fragment key={i}>{node}</Fragment>
      ))}
    </span>
  );
});
