export type Mark =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'bold' | 'italic' | 'strike'; inner: Mark[] };

const kinds = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
const span = /```([\s\S]+?)```|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\2(?![\p{L}\p{N}])/u;

/** Splits a text at WhatsApp's marks. */
export function parseMarks(text: string): Mark[] {
  const found = span.exec(text);
  if (!found) return text ? [{ kind: 'text', text }] : [];
  const before: Mark[] = found.index > 0 ? [{ kind: 'text', text: text.slice(0, found.index) }] : [];
  const rest = parseMarks(text.slice(found.index + found[0].length));
  const mark: Mark =
    found[1] !== undefined
      ? { kind: 'code', text: found[1] }
      : { kind: kinds[(found[2] ?? '*') as keyof typeof kinds], inner: parseMarks(found[3] ?? '') };
  return [...before, mark, ...rest];
}
