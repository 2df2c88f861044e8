import type { Placeholder, Template, TemplateButton, TemplateComponent } from '@/lib/types';

// What a template needs before it can leave, by the server's rules
// (internal/desk/template.go): both run testdata/templates.
export const longest = { header: 60, body: 1024, footer: 60, button: 25, url: 2000 } as const;
const most = { payload: 256, coupon: 20, code: 15, flow: 256 } as const;

export type Shape = Pick<Template, 'name' | 'language' | 'category' | 'parameter_format' | 'components'>;

export const variable = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;
export const count = (text: string) => [...text].length;

export const component = (t: Shape, type: string): TemplateComponent | undefined =>
  t.components.find((c) => c.type.toUpperCase() === type);
export const buttonsOf = (t: Shape): TemplateButton[] => component(t, 'BUTTONS')?.buttons ?? [];
export const named = (t: Shape) => t.parameter_format?.toUpperCase() === 'NAMED';
export const authentication = (t: Shape) => t.category.toUpperCase() === 'AUTHENTICATION';

const headers: Record<string, Placeholder['kind']> = {
  '': 'text',
  TEXT: 'text',
  IMAGE: 'image',
  VIDEO: 'video',
  DOCUMENT: 'document',
  LOCATION: 'location',
};
export const headerKind = (format: string | undefined): Placeholder['kind'] | undefined =>
  headers[(format ?? '').toUpperCase()];

export function fillable(t: Shape): boolean {
  if (t.components.some((c) => !['HEADER', 'BODY', 'FOOTER', 'BUTTONS'].includes(c.type.toUpperCase())))
    return false;
  const header = component(t, 'HEADER');
  if (header && !headerKind(header.format)) return false;
  return !buttonsOf(t).some((b) => ['MPM', 'SPM', 'CATALOG'].includes(b.type.toUpperCase()));
}

/** The distinct variables of a text, numbers in rising order. */
export function variables(text: string): string[] {
  const names = [...new Set([...text.matchAll(variable)].map((found) => found[1] ?? ''))];
  const numeric = (a: string) => /^\d+$/.test(a);
  return names.every(numeric) ? names.sort((a, b) => Number(a) - Number(b)) : names;
}

export function urlBase(url = ''): { base: string; dynamic: boolean } {
  const base = url.replace(variable, '');
  return { base, dynamic: base !== url };
}

function sample(part: 'header' | 'body', c: TemplateComponent, i: number, name: string): string | undefined {
  const e = c.example;
  const byName = part === 'body' ? e?.body_text_named_params : e?.header_text_named_params;
  const inOrder = part === 'body' ? e?.body_text?.[0] : e?.header_text;
  return byName?.find((n) => n.param_name === name)?.example ?? inOrder?.[i];
}

const texts = (part: 'header' | 'body', c: TemplateComponent, max: number): Placeholder[] =>
  variables(c.text ?? '').map((name, i) => ({
    component: part,
    name,
    kind: 'text',
    required: true,
    example: sample(part, c, i, name),
    max_length: max,
  }));

function ofButton(b: TemplateButton, i: number): Placeholder | null {
  const p = { component: 'button' as const, button: i, label: b.text, example: b.example?.[0] };
  switch (b.type.toUpperCase()) {
    case 'QUICK_REPLY':
      return { ...p, kind: 'payload', max_length: most.payload, required: false };
    case 'COPY_CODE':
      return { ...p, kind: 'coupon_code', max_length: most.coupon, required: true };
    case 'FLOW':
      return { ...p, kind: 'flow', max_length: most.flow, required: false };
    case 'URL': {
      const { base, dynamic } = urlBase(b.url);
      if (!dynamic) return null;
      const example = p.example?.startsWith(base) ? p.example.slice(base.length) : p.example;
      return {
        ...p,
        kind: 'url',
        name: '1',
        required: true,
        max_length: Math.max(longest.url - count(base), 0),
        example,
      };
    }
    default:
      return null;
  }
}

/** In the order of the template: header, body, buttons. */
export function placeholders(t: Shape): Placeholder[] {
  const body = component(t, 'BODY');
  if (authentication(t)) {
    const found = body ? texts('body', body, most.code) : [];
    return [
      found[0] ?? { component: 'body', name: '1', kind: 'text', required: true, max_length: most.code },
    ];
  }
  const list: Placeholder[] = [];
  const header = component(t, 'HEADER');
  const kind = header && headerKind(header.format);
  if (header && kind === 'text') list.push(...texts('header', header, longest.header));
  else if (header && kind)
    list.push({ component: 'header', kind, required: true, example: header.example?.header_handle?.[0] });
  if (body) list.push(...texts('body', body, longest.body));
  buttonsOf(t).forEach((b, i) => {
    const p = ofButton(b, i);
    if (p) list.push(p);
  });
  return list;
}
