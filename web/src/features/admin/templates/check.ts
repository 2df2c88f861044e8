import { componentsOf, count, limits, named, variables, type Draft } from './draft';

/** A rule of Meta that the draft breaks; the words are `admin.template.rule.*`. */
export type Rule =
  | 'required'
  | 'too_long'
  | 'no_variables'
  | 'variable_syntax'
  | 'variable_edge'
  | 'variables_adjacent'
  | 'variable_numbers'
  | 'variable_names'
  | 'example'
  | 'quick_replies_together'
  | 'button_limit'
  | 'url'
  | 'phone'
  | 'minutes';

/** Faults by the place at which the server would name them. */
export type Faults = Record<string, Rule>;

/** Finds before days of review what Meta would refuse. */
export function check(draft: Draft): Faults {
  const faults: Faults = {};
  const fault = (place: string, rule: Rule) => {
    faults[place] ??= rule;
  };
  const { places } = componentsOf(draft);
  const at = (part: keyof typeof places) => `components[${places[part] ?? 0}]`;
  if (!draft.connection_id) fault('connection_id', 'required');
  if (!draft.name) fault('name', 'required');
  else if (count(draft.name) > limits.name) fault('name', 'too_long');

  if (draft.category === 'AUTHENTICATION') {
    if (!(draft.minutes >= 1 && draft.minutes <= limits.minutes))
      fault(`${at('footer')}.code_expiration_minutes`, 'minutes');
    return faults;
  }

  const asNamed = named(draft);
  const text = (place: string, value: string, longest: number, part?: 'header' | 'body') => {
    if (!value.trim()) return fault(`${place}.text`, 'required');
    if (count(value) > longest) fault(`${place}.text`, 'too_long');
    if (!part) return value.includes('{{') ? fault(`${place}.text`, 'no_variables') : undefined;
    const rest = value.replace(/\{\{[A-Za-z0-9_]+\}\}/g, '');
    if (/[{}]/.test(rest)) return fault(`${place}.text`, 'variable_syntax');
    const names = variables(value);
    if (part === 'header' && names.length > 1) return fault(`${place}.text`, 'no_variables');
    names.forEach((name, i) => {
      if (asNamed && !/^[a-z][a-z0-9_]*$/.test(name)) fault(`${place}.text`, 'variable_names');
      if (!asNamed && name !== String(i + 1)) fault(`${place}.text`, 'variable_numbers');
      if (!draft.examples[`${part}.${name}`]?.trim()) fault(`${place}.example`, 'example');
    });
    if (part !== 'body') return;
    if (/^\s*\{\{|\}\}\s*$/.test(value)) fault(`${place}.text`, 'variable_edge');
    if (/\}\}\s*\{\{/.test(value)) fault(`${place}.text`, 'variables_adjacent');
  };
  if (draft.header === 'text') text(at('header'), draft.headerText, limits.header, 'header');
  text(at('body'), draft.body, limits.body, 'body');
  if (draft.footer.trim()) text(at('footer'), draft.footer, limits.footer);

  if (draft.buttons.length > limits.buttons) fault(`${at('buttons')}.buttons`, 'button_limit');
  const seen: Record<string, number> = {};
  let groups = 0;
  draft.buttons.forEach((button, i) => {
    const here = `${at('buttons')}.buttons[${i}]`;
    seen[button.type] = (seen[button.type] ?? 0) + 1;
    if ((seen[button.type] ?? 0) > (limits.kinds[button.type] ?? limits.buttons))
      fault(`${here}.type`, 'button_limit');
    if (button.type === 'QUICK_REPLY' && draft.buttons[i - 1]?.type !== 'QUICK_REPLY') groups++;
    if (button.type !== 'COPY_CODE') text(here, button.text, limits.buttonText);
    if (button.type === 'URL') {
      const base = button.url.replace(/\{\{[A-Za-z0-9_]+\}\}$/, '');
      if (!/^https?:\/\/[^\s{}/]+[^\s{}]*$/.test(base) || count(button.url) > limits.url)
        fault(`${here}.url`, 'url');
      if (base !== button.url && !button.example.trim()) fault(`${here}.example`, 'example');
    }
    if (button.type === 'PHONE_NUMBER' && !/^\+?[\d\s().-]{8,20}$/.test(button.phone_number))
      fault(`${here}.phone_number`, 'phone');
    if (button.type === 'COPY_CODE' && (!button.example.trim() || count(button.example) > limits.coupon))
      fault(`${here}.example`, 'example');
  });
  if (groups > 1) fault(`${at('buttons')}.buttons`, 'quick_replies_together');
  return faults;
}
