import { i18n } from '@/i18n';
import type { TemplateComponent } from '@/lib/types';
import type { CardContent } from '@/ui/TemplateCard';

const isComponent = (type: string) => (component: TemplateComponent) => component.type.toUpperCase() === type;

/** A template filled with the samples it was made with. */
export function sampleOf(components: TemplateComponent[]): CardContent {
  const header = components.find(isComponent('HEADER'));
  const body = components.find(isComponent('BODY'));
  const footer = components.find(isComponent('FOOTER'));
  const buttons = components.find(isComponent('BUTTONS'))?.buttons ?? [];
  const kind = header?.format?.toUpperCase() ?? (header?.text ? 'TEXT' : '');
  const otp = buttons.some((button) => button.type === 'OTP');
  const text = otp && !body?.text ? authBody(body) : (body?.text ?? '');
  const named = new Map([
    ...(body?.example?.body_text_named_params ?? []).map((p) => [p.param_name, p.example] as const),
    ...(header?.example?.header_text_named_params ?? []).map((p) => [p.param_name, p.example] as const),
  ]);
  const fill = (from: string, list: string[] | undefined) =>
    from.replace(
      /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g,
      (whole, name: string) => named.get(name) || list?.[Number(name) - 1] || whole,
    );
  const minutes = footer?.code_expiration_minutes;
  return {
    ...(kind === 'TEXT'
      ? { header: fill(header?.text ?? '', header?.example?.header_text) }
      : kind
        ? { headerKind: kind }
        : {}),
    body: fill(text, body?.example?.body_text?.[0]),
    footer: footer?.text || (minutes ? i18n.t('admin.template.authFooter', { n: minutes }) : ''),
    buttons: buttons.map((button) => ({
      type: button.type,
      text:
        button.text ||
        i18n.t(
          button.type === 'OTP' || button.type === 'COPY_CODE'
            ? 'admin.template.copyCode'
            : 'admin.template.button',
        ),
    })),
  };
}

const authBody = (body: TemplateComponent | undefined) =>
  [
    i18n.t('admin.template.authBody'),
    body?.add_security_recommendation ? i18n.t('admin.template.authSecurity') : '',
  ]
    .filter(Boolean)
    .join(' ');
