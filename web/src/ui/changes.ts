import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { q } from '@/api/query';
import { useCan } from '@/app/session';
import { i18n, useT } from '@/i18n';
import type { LogEntry } from '@/lib/types';

export interface Change {
  field: string;
  before: unknown;
  after: unknown;
  /** Secrets and personal data: only that they changed. */
  hidden: boolean;
}

const flat = (value: unknown) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** The changes that a line of history lists; those of a new record only where they say something. */
export function changesOf(entry: Pick<LogEntry, 'type' | 'data'>): Change[] {
  const changes = (entry.data as { changes?: Record<string, unknown> }).changes;
  if (!changes) return [];
  const created = entry.type.endsWith('.created');
  return Object.entries(changes)
    .map(([field, pair]) => {
      const list = Array.isArray(pair) ? pair : [];
      return { field, before: list[0], after: list[1], hidden: list.length < 2 };
    })
    .filter((change) => !flat(change.after) && !flat(change.before))
    .filter((change) => !created || (!change.hidden && !nothing(change.after)));
}

const nothing = (value: unknown) =>
  value === null ||
  value === undefined ||
  value === '' ||
  value === false ||
  (Array.isArray(value) && value.length === 0);

/** The words for a field of a register. */
export function useFieldNames(): (field: string) => string {
  const t = useT();
  return (field) => {
    for (const key of [`admin.setting.${field}.label`, `admin.field.${field}`])
      if (i18n.exists(key)) return i18n.t(key as 'admin.field.name');
    return t('admin.field.other');
  };
}

/** Values as people read them: names for ids, sim and não. */
export function useValueText(): (field: string, value: unknown) => string {
  const t = useT();
  const can = useCan();
  const { data: queues } = useQuery(q.queues);
  const { data: tags } = useQuery(q.tags);
  const { data: connections } = useQuery(q.connections);
  const { data: users } = useQuery({ ...q.users, enabled: can('user.view') });
  const { data: teams } = useQuery({ ...q.teams, enabled: can('user.view') });
  const names = useMemo(() => {
    const all = new Map<string, string>();
    for (const list of [queues, tags, connections, users, teams])
      for (const item of list ?? []) all.set(item.id, item.name);
    return all;
  }, [queues, tags, connections, users, teams]);

  function one(value: unknown): string {
    if (value === null || value === undefined) return '';
    if (typeof value === 'boolean') return t(value ? 'admin.yes' : 'admin.no');
    if (typeof value === 'number') return String(value);
    if (typeof value !== 'string') return '';
    const code = `admin.value.${value}`;
    if (/^[a-zA-Z_]+$/.test(value) && i18n.exists(code)) return i18n.t(code as 'admin.yes');
    return /^\d{15,}$/.test(value) ? (names.get(value) ?? t('admin.history.gone')) : value;
  }
  return (_field, value) => (Array.isArray(value) ? value.map(one).filter(Boolean).join(', ') : one(value));
}
