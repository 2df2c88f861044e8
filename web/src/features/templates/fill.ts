import type { Placeholder, RenderedButton, TemplateSend, TemplateValue } from '@/lib/types';
import {
  authentication,
  buttonsOf,
  component,
  count,
  fillable,
  headerKind,
  longest,
  named,
  placeholders,
  urlBase,
  variable,
  type Shape,
} from './placeholders';

export interface Fault {
  /** Index of the value at fault; none when something is missing or too long as a whole. */
  value?: number;
  placeholder: Pick<Placeholder, 'component' | 'button' | 'name'>;
  code: 'required' | 'too_long' | 'invalid' | 'out_of_range' | 'unknown_field';
  params: Record<string, unknown>;
}

export type Filled =
  { send: TemplateSend; faults: [] } | { send?: undefined; faults: Fault[]; unsupported?: true };

const textual = (v: TemplateValue) =>
  v.kind ? ['text', 'currency', 'date_time'].includes(v.kind) : !v.media_id && !v.location;

const kindFor = (placeholder: string) =>
  ['image', 'video', 'document'].includes(placeholder)
    ? 'media'
    : placeholder === 'url'
      ? 'text'
      : placeholder;

type Refusal = Pick<Fault, 'code' | 'params'> | null;

// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f-\u009f]/;

function refusesText(p: Placeholder, text: string): Refusal {
  if (text.trim() === '') return { code: 'required', params: {} };
  if (count(text) > (p.max_length ?? 0)) return { code: 'too_long', params: { max: p.max_length } };
  if (control.test(text) || text.includes('    ')) return { code: 'invalid', params: { rule: 'spacing' } };
  if (p.kind === 'url' && /\s/.test(text)) return { code: 'invalid', params: { rule: 'url' } };
  return null;
}

function refuses(p: Placeholder, v: TemplateValue): Refusal {
  const kind = v.kind ?? '';
  const fits =
    kind === kindFor(p.kind) ||
    (p.kind === 'text' && p.component === 'body' && (kind === 'currency' || kind === 'date_time'));
  if (!fits) return { code: 'invalid', params: { kind: p.kind } };
  if (kind === 'media') return v.media_id ? null : { code: 'required', params: {} };
  if (kind === 'location') {
    if (!v.location) return { code: 'required', params: {} };
    const { latitude, longitude } = v.location;
    const inside = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
    return inside ? null : { code: 'out_of_range', params: { field: 'location' } };
  }
  if (kind === 'currency' && !/^[A-Z]{3}$/.test(v.currency ?? ''))
    return { code: 'invalid', params: { field: 'currency' } };
  return refusesText(p, v.text ?? '');
}

const at = (v: TemplateValue) => ({ component: v.component, button: v.button, name: v.name });

/** Checks the values and renders the template, as the server does before it sends. */
export function fill(t: Shape, values: TemplateValue[]): Filled {
  if (!fillable(t)) return { faults: [], unsupported: true };
  const faults: Fault[] = [];
  const fault = (
    code: Fault['code'],
    placeholder: Fault['placeholder'],
    params: Fault['params'] = {},
    value?: number,
  ) => faults.push({ code, placeholder, params, ...(value === undefined ? {} : { value }) });

  for (const part of ['header', 'body'] as const) {
    const byName = named(t) || values.some((v) => v.component === part && v.name);
    values.forEach((v, i) => {
      if (byName && v.component === part && !v.name && textual(v))
        fault('required', at(v), { field: 'name' }, i);
    });
  }
  if (faults.length) return { faults };

  const taken = new Set<number>();
  const chosen: TemplateValue[] = [];
  for (const p of placeholders(t)) {
    const i = values.findIndex(
      (v, n) =>
        !taken.has(n) &&
        v.component === p.component &&
        (p.component !== 'button' || (v.button ?? 0) === (p.button ?? 0)) &&
        (!v.name || v.name === (p.name ?? '')),
    );
    const given = values[i];
    if (!given) {
      if (p.required) fault('required', p);
      continue;
    }
    taken.add(i);
    const value: TemplateValue = {
      ...given,
      name: p.name,
      kind: given.kind ?? (kindFor(p.kind) as TemplateValue['kind']),
    };
    const refusal = refuses(p, value);
    if (!refusal) chosen.push(value);
    else if (refusal.code !== 'required' || p.required) fault(refusal.code, p, refusal.params, i);
  }
  sameCode(t, values, taken, chosen, fault);
  values.forEach((v, i) => {
    if (!taken.has(i)) fault('unknown_field', at(v), {}, i);
  });
  if (faults.length) return { faults };

  const send = render(t, chosen);
  if (count(send.header ?? '') > longest.header)
    fault('too_long', { component: 'header' }, { max: longest.header });
  if (count(send.text) > longest.body) fault('too_long', { component: 'body' }, { max: longest.body });
  return faults.length ? { faults } : { send, faults: [] };
}

/** The button of a one-time code carries the code of the body. */
function sameCode(
  t: Shape,
  values: TemplateValue[],
  taken: Set<number>,
  chosen: TemplateValue[],
  fault: (code: Fault['code'], p: Fault['placeholder'], params: Fault['params'], value: number) => void,
) {
  const code = chosen[0]?.text;
  if (!authentication(t) || code === undefined) return;
  buttonsOf(t).forEach((b, i) => {
    if (!urlBase(b.url).dynamic && b.type.toUpperCase() !== 'OTP') return;
    values.forEach((v, n) => {
      if (v.component !== 'button' || (v.button ?? 0) !== i || taken.has(n)) return;
      taken.add(n);
      if (v.text !== code) fault('invalid', { component: 'button', button: i }, { rule: 'same_code' }, n);
    });
    chosen.push({ component: 'button', button: i, name: '1', kind: 'text', text: code });
  });
}

function render(t: Shape, chosen: TemplateValue[]): TemplateSend {
  const put = (part: 'header' | 'body', text = '') =>
    text.replace(variable, (found, name: string) => {
      const value = chosen.find((v) => v.component === part && v.name === name);
      return value ? (value.text ?? '') : found;
    });
  const header = component(t, 'HEADER');
  const kind = header ? headerKind(header.format) : undefined;
  const body = put('body', component(t, 'BODY')?.text);
  return {
    name: t.name,
    language: t.language,
    category: t.category,
    format: named(t) ? 'NAMED' : 'POSITIONAL',
    header: kind === 'text' ? put('header', header?.text) : '',
    header_kind: kind ?? '',
    text: body === '' && authentication(t) ? (chosen[0]?.text ?? '') : body,
    footer: component(t, 'FOOTER')?.text ?? '',
    buttons: buttonsOf(t).map((b, i): RenderedButton => {
      const out = { type: b.type.toUpperCase(), text: b.text ?? '' };
      if (!b.url) return out;
      const value = chosen.find((v) => v.component === 'button' && (v.button ?? 0) === i);
      return {
        ...out,
        url: urlBase(b.url).dynamic && value ? b.url.replace(variable, () => value.text ?? '') : b.url,
      };
    }),
    values: chosen,
  };
}
