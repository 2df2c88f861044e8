import type { TemplateButton, TemplateComponent, TemplateNew } from '@/lib/types';

export const limits = {
  name: 512,
  header: 60,
  body: 1024,
  footer: 60,
  buttonText: 25,
  url: 2000,
  phone: 20,
  coupon: 20,
  buttons: 10,
  minutes: 90,
  kinds: { URL: 2, PHONE_NUMBER: 1, COPY_CODE: 1 } as Record<string, number>,
} as const;

export type ButtonType = 'QUICK_REPLY' | 'URL' | 'PHONE_NUMBER' | 'COPY_CODE';

export interface DraftButton {
  type: ButtonType;
  text: string;
  url: string;
  phone_number: string;
  example: string;
}

export interface Draft {
  connection_id: string;
  name: string;
  language: string;
  category: TemplateNew['category'];
  header: 'none' | 'text' | 'location';
  headerText: string;
  body: string;
  footer: string;
  /** Samples by variable: `header.1`, `body.nome`. */
  examples: Record<string, string>;
  buttons: DraftButton[];
  /** Of authentication: Meta writes the text. */
  security: boolean;
  minutes: number;
}

export const emptyDraft = (connection: string, language: string): Draft => ({
  connection_id: connection,
  name: '',
  language,
  category: 'UTILITY',
  header: 'none',
  headerText: '',
  body: '',
  footer: '',
  examples: {},
  buttons: [],
  security: true,
  minutes: 10,
});

/** Characters as the provider counts them. */
export const count = (text: string) => [...text].length;

const variable = /\{\{([A-Za-z0-9_]+)\}\}/g;

/** The variables of a text, each once, in order. */
export const variables = (text: string): string[] => [
  ...new Set([...text.matchAll(variable)].map((match) => match[1] ?? '')),
];

export const named = (draft: Pick<Draft, 'header' | 'headerText' | 'body'>): boolean =>
  [...variables(draft.body), ...(draft.header === 'text' ? variables(draft.headerText) : [])].some(
    (name) => !/^\d+$/.test(name),
  );

/** The next free number, for the button that inserts a variable. */
export function nextVariable(text: string): string {
  const numbers = variables(text)
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return `{{${Math.max(0, ...numbers) + 1}}}`;
}

/** Where each part stands in the list of components that is sent. */
export interface Places {
  header?: number;
  body: number;
  footer?: number;
  buttons?: number;
}

export function componentsOf(draft: Draft): { components: TemplateComponent[]; places: Places } {
  const components: TemplateComponent[] = [];
  const put = (component: TemplateComponent) => components.push(component) - 1;
  if (draft.category === 'AUTHENTICATION') {
    const body = put({ type: 'BODY', ...(draft.security ? { add_security_recommendation: true } : {}) });
    const footer = put({ type: 'FOOTER', code_expiration_minutes: draft.minutes });
    const buttons = put({ type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] });
    return { components, places: { body, footer, buttons } };
  }
  const asNamed = named(draft);
  const places: Places = { body: 0 };
  if (draft.header === 'location') places.header = put({ type: 'HEADER', format: 'LOCATION' });
  if (draft.header === 'text') {
    const names = variables(draft.headerText);
    const sample = (name: string) => draft.examples[`header.${name}`] ?? '';
    places.header = put({
      type: 'HEADER',
      format: 'TEXT',
      text: draft.headerText.trim(),
      ...(names.length === 0
        ? {}
        : asNamed
          ? {
              example: {
                header_text_named_params: names.map((name) => ({ param_name: name, example: sample(name) })),
              },
            }
          : { example: { header_text: names.map(sample) } }),
    });
  }
  const names = variables(draft.body);
  const sample = (name: string) => draft.examples[`body.${name}`] ?? '';
  places.body = put({
    type: 'BODY',
    text: draft.body.trim(),
    ...(names.length === 0
      ? {}
      : asNamed
        ? {
            example: {
              body_text_named_params: names.map((name) => ({ param_name: name, example: sample(name) })),
            },
          }
        : { example: { body_text: [names.map(sample)] } }),
  });
  if (draft.footer.trim()) places.footer = put({ type: 'FOOTER', text: draft.footer.trim() });
  if (draft.buttons.length > 0)
    places.buttons = put({ type: 'BUTTONS', buttons: draft.buttons.map(buttonOf) });
  return { components, places };
}

function buttonOf(button: DraftButton): TemplateButton {
  const { type, text } = button;
  switch (type) {
    case 'URL':
      return {
        type,
        text,
        url: button.url,
        ...(button.url.includes('{{') ? { example: [button.example] } : {}),
      };
    case 'PHONE_NUMBER':
      return { type, text, phone_number: button.phone_number.replace(/[\s().-]/g, '') };
    case 'COPY_CODE':
      return { type, example: [button.example] };
    default:
      return { type, text };
  }
}

export function bodyOf(draft: Draft): TemplateNew {
  return {
    connection_id: draft.connection_id,
    name: draft.name,
    language: draft.language,
    category: draft.category,
    parameter_format: draft.category !== 'AUTHENTICATION' && named(draft) ? 'NAMED' : 'POSITIONAL',
    components: componentsOf(draft).components,
  };
}

/** What people type as a name, made into one that Meta takes. */
export const cleanName = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
    .replace(/[^a-z0-9_]/g, '');
