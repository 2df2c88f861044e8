import { i18n } from '@/i18n';

/** pt_BR as people say it, for the start of a line: Português (Brasil). */
export function languageName(code: string): string {
  try {
    const name =
      new Intl.DisplayNames(i18n.language, { type: 'language' }).of(code.replace('_', '-')) ?? code;
    return name.charAt(0).toLocaleUpperCase(i18n.language) + name.slice(1);
  } catch {
    return code;
  }
}
