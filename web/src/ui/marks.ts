export type Mark =
  { kind: 'text' | 'code' | 'link'; text: string } | { kind: 'bold' | 'italic' | 'strike'; inner: Mark[] };

const kinds = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
const span =
  /```([\s\S]+?)```|(\bhttps?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]*~])|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\3(?![\p{L}\p{N}])/u;

/** Splits a text at WhatsApp's marks and at addresses. */
export function parseMarks(text: string): Mark[] {
  const found = span.exec(text);
  if (!found) return text ? [{ kind: 'text', text }] : [];
  const before: Mark[] = found.index > 0 ? [{ kind: 'text', text: text.slice(0, found.index) }] : [];
  const rest = parseMarks(text.slice(found.index + found[0].length));
  return [...before, markOf(found), ...rest];
}

function markOf([, code, link, sign, inner]: RegExpExecArray): Mark {
  if (code !== undefined) return { kind: 'code', text: code };
  if (link !== undefined) return { kind: 'link', text: link };
  return { kind: kinds[sign as keyof typeof kinds], inner: parseMarks(inner ?? '') };
}
