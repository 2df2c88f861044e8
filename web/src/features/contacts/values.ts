import { formatPhone } from '@/lib/phone';
import type { Contact, ContactNew } from '@/lib/types';
import { changes } from '@/ui/useForm';

/** D03: what the form shows of a contact. */
export function valuesOf(contact?: Contact) {
  return {
    name: contact?.name ?? '',
    phone: contact?.phone ? formatPhone(contact.phone) : '',
    email: contact?.email ?? '',
    first_name: contact?.first_name ?? '',
    last_name: contact?.last_name ?? '',
    document: contact?.document ?? '',
    birth_date: contact?.birth_date ?? '',
    company: contact?.company ?? '',
    owner_user_id: contact?.owner_user_id ?? null,
    tags: contact?.tags ?? [],
    extra: contact?.extra ?? [],
    accepts_marketing: contact?.accepts_marketing ?? true,
  };
}

export type Values = ReturnType<typeof valuesOf>;

const whole = (extra: Values['extra']) => extra.filter((field) => field.key.trim() || field.value.trim());

/** The body of a new contact: what was left empty is not sent. */
export function bodyOf(values: Values): ContactNew {
  const filled = Object.entries({ ...values, extra: whole(values.extra) }).filter(
    ([, value]) => value !== '' && value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return { ...(Object.fromEntries(filled) as Partial<Values>), name: values.name };
}

/** The body of a change; a masked number that nobody touched stays away. */
export function patchOf(values: Values, before: Values): Partial<Values> {
  const body = changes(values, before);
  return body.extra ? { ...body, extra: whole(body.extra) } : body;
}
