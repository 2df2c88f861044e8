import { notifications } from '@mantine/notifications';
import { ApiError } from '@/api/client';
import { i18n, t } from '@/i18n';
import type { Failure } from './types';

/** The words for a code, with the values the server gave. */
export function codeText(code: string, params: Record<string, unknown> = {}): string {
  const key = `error.${code}`;
  return i18n.exists(key) ? String(i18n.t(key as 'error.invalid', params)) : t('error.invalid');
}

export function errorText(error: unknown): string {
  if (!(error instanceof ApiError)) return t('error.internal');
  if (error.reportId)
    return t('error.withReport', { text: codeText(error.code, error.params), id: error.reportId });
  const first = error.fields[0];
  if (error.code === 'validation_failed' && first) return codeText(first.code, first.params);
  return codeText(error.code, error.params);
}

/** The refusal of each field of a form, by the last part of its location. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  const out: Record<string, string> = {};
  for (const field of error.fields) {
    const name = field.location.replace(/^body\.?/, '');
    out[name] ??= codeText(field.code, field.params);
  }
  const own: Record<string, string> = {
    email_taken: 'email',
    phone_taken: 'phone',
    name_taken: 'name',
    invalid_phone: 'phone',
    invalid_email: 'email',
    weak_password: 'password',
    wrong_password: 'current_password',
  };
  const only = own[error.code];
  if (only) out[only] ??= codeText(error.code, error.params);
  return out;
}

/** Why a message did not leave, in plain words. */
export function failureText(failure: Failure | undefined): string {
  const key = `failure.${failure?.code ?? ''}`;
  return i18n.exists(key) ? i18n.t(key as 'failure.rejected') : t('failure.rejected');
}

export function toast(message: string, color: 'teal' | 'red' = 'teal'): void {
  notifications.show({ message, color, autoClose: color === 'red' ? 8000 : 4000 });
}

export const toastError = (error: unknown) => toast(errorText(error), 'red');
