import type { Location, Media, Placeholder, TemplateValue } from '@/lib/types';
import { component, count, variable, type Shape } from './placeholders';

/** What somebody entered for one placeholder. */
export interface Given {
  text?: string;
  media?: Media;
  /** Preview of a file that was just chosen. */
  url?: string;
  location?: Partial<Location>;
}
export type GivenValues = Record<string, Given>;

export const keyOf = (p: Pick<Placeholder, 'component' | 'button' | 'name'>) =>
  `${p.component}/${p.component === 'button' ? (p.button ?? 0) : ''}/${p.name ?? ''}`;

export function toValues(list: Placeholder[], given: GivenValues): TemplateValue[] {
  const values: TemplateValue[] = [];
  for (const p of list) {
    const g = given[keyOf(p)];
    if (!g) continue;
    const where = {
      component: p.component,
      ...(p.component === 'button' ? { button: p.button ?? 0 } : {}),
      ...(p.name ? { name: p.name } : {}),
    };
    if (p.kind === 'image' || p.kind === 'video' || p.kind === 'document') {
      if (g.media) values.push({ ...where, kind: 'media', media_id: g.media.id });
    } else if (p.kind === 'location') {
      const { latitude, longitude, name, address } = g.location ?? {};
      if (latitude !== undefined && longitude !== undefined)
        values.push({ ...where, kind: 'location', location: { latitude, longitude, name, address } });
    } else if (g.text) {
      const kind = p.kind === 'url' ? 'text' : p.kind;
      values.push({ ...where, kind, text: g.text });
    }
  }
  return values;
}

export function fromValues(values: TemplateValue[]): GivenValues {
  return Object.fromEntries(values.filter((v) => v.text).map((v) => [keyOf(v), { text: v.text }]));
}

/** Characters of a whole part as it will leave: its own text and what is filled in. */
export function lengthOf(t: Shape, part: 'header' | 'body', given: GivenValues): number {
  const text = component(t, part.toUpperCase())?.text ?? '';
  return count(
    text.replace(variable, (_, name: string) => given[keyOf({ component: part, name })]?.text ?? ''),
  );
}
