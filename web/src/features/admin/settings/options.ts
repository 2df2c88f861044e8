import type { Setting, Settings } from '@/lib/types';

/** The settings that the desk of today obeys, in the groups of the screen. */
export const groups = {
  visibility: [
    'hide_assigned_to_others',
    'users_see_unqueued',
    'supervisor_scoped_to_queues',
    'hide_phone_from_users',
  ],
  rights: ['users_close_pending', 'users_can_reopen', 'users_can_peek', 'users_only_own_wallet'],
  routing: ['reopen_window_minutes', 'wallet_respects_queues', 'agents_as_contacts'],
  messages: ['queued_message_ttl_days', 'uncertain_resend_minutes', 'revoked_text_days'],
  limits: ['max_files', 'max_media_mb', 'max_document_mb'],
} as const satisfies Record<string, readonly (keyof Settings)[]>;

export type Group = keyof typeof groups;
export type Key = (typeof groups)[Group][number];
export type Options = Pick<Settings, Key>;

export const keys = Object.values(groups).flat() as Key[];

/** Only what the screen shows. */
export const optionsOf = (values: Settings): Options =>
  Object.fromEntries(keys.map((key) => [key, values[key]])) as unknown as Options;

export interface Field {
  key: Key;
  setting: Setting;
}

export function fieldsOf(group: Group, register: Setting[]): Field[] {
  return groups[group].flatMap((key) => {
    const setting = register.find((one) => one.key === key);
    return setting ? [{ key, setting }] : [];
  });
}
