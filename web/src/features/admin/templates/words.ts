import { i18n } from '@/i18n';

const tones: Record<string, string> = {
  APPROVED: 'ok',
  PENDING: 'info',
  IN_APPEAL: 'info',
  REJECTED: 'bad',
  DISABLED: 'bad',
  PAUSED: 'warn',
  LIMIT_EXCEEDED: 'warn',
  GREEN: 'ok',
  YELLOW: 'warn',
  RED: 'bad',
};

export const tone = (code: string) => tones[code] ?? '';

/** A code of Meta in words; a newer one as it came. */
export function metaWord(kind: 'status' | 'quality' | 'category' | 'rejected', code: string): string {
  const key = `admin.template.${kind}.${code}`;
  return i18n.exists(key)
    ? i18n.t(key as 'admin.template.status.APPROVED')
    : code.toLowerCase().replaceAll('_', ' ');
}

export const templateLanguages = [
  'pt_BR',
  'pt_PT',
  'en',
  'en_US',
  'en_GB',
  'es',
  'es_AR',
  'es_ES',
  'es_MX',
  'fr',
  'de',
  'it',
  'ja',
  'zh_CN',
  'ar',
  'he',
  'nl',
  'pl',
  'ru',
  'tr',
  'uk',
  'ko',
  'hi',
  'id',
  'vi',
];

/** Variables as they are written, for texts that speak of them. */
export const written = { one: '{{1}}', two: '{{2}}', named: '{{nome}}' };
