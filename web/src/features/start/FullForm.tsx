import { MultiSelect, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { uuid } from '@/api/client';
import { q } from '@/api/query';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import { errorText, fieldErrors } from '@/lib/errors';
import { formatPhone } from '@/lib/phone';
import type { ChannelKind, TicketStatus } from '@/lib/types';
import { Btn } from '@/ui/parts';
import type { StartWith } from './open';
import { begin, offerLive } from './submit';

const always: ChannelKind[] = ['whatsapp_official', 'sms', 'email', 'voip'];
const byPhone = new Set<ChannelKind>(['whatsapp_official', 'whatsapp_unofficial', 'sms', 'voip']);

/** A: the whole form on one page. */
export function FullForm({ known, onDirty }: { known: StartWith; onDirty: (dirty: boolean) => void }) {
  const t = useT();
  const me = useMe();
  const [key, setKey] = useState(uuid);
  const { data: connections } = useQuery(q.connections);
  const { data: queues } = useQuery(q.queues);
  const { data: types } = useQuery(q.types);
  const { data: tags } = useQuery(q.tags);
  const [form, setForm] = useState({ name: '', phone: known.phone ?? '', email: '', tags: [] as string[] });
  const [kind, setKind] = useState<ChannelKind>('whatsapp_official');
  const [connection, setConnection] = useState<string | null>(null);
  const [status, setStatus] = useState<TicketStatus>('open');
  const [type, setType] = useState<string | null>(null);
  const [queue, setQueue] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const wrong = fieldErrors(error);

  const usable = (connections ?? []).filter(
    (c) =>
      c.active &&
      (c.state === 'connected' || c.state === 'degraded') &&
      (me.connections.length === 0 || me.connections.includes(c.id)),
  );
  const ofKind = usable.filter((c) => c.kind === kind);
  const kinds = [...new Set([...always, ...usable.map((c) => c.kind)])];
  const own =
    ofKind.find((c) => c.id === me.default_connection_id) ??
    ofKind.find((c) => c.default) ??
    (ofKind.length === 1 ? ofKind[0] : undefined);
  const from = ofKind.find((c) => c.id === connection) ?? own;
  const mine = (queues ?? []).filter((x) => x.active && (me.role !== 'user' || me.queues.includes(x.id)));
  const inQueue = mine.find((x) => x.id === queue) ?? (mine.length === 1 ? mine[0] : undefined);
  const activeTypes = (types ?? []).filter((x) => x.active);
  const ofType = activeTypes.find((x) => x.id === type) ?? activeTypes.find((x) => x.default);
  const { contactId } = known;
  const { data: contact } = useQuery({ ...q.contact(contactId ?? ''), enabled: Boolean(contactId) });
  useEffect(() => {
    if (contact) setForm((f) => ({ ...f, name: contact.name, phone: contact.phone, email: contact.email }));
  }, [contact]);
  useEffect(() => onDirty(Boolean(form.name || form.email || form.tags.length)), [form, onDirty]);

  const reason = !from
    ? t('start.noneOfKind')
    : form.name.trim().length < 2
      ? t('start.needs', { field: t('field.name') })
      : byPhone.has(kind) && !form.phone.trim()
        ? t('start.needs', { field: t('field.phone') })
        : kind === 'email' && !form.email.trim()
          ? t('start.needs', { field: t('login.email') })
          : !inQueue
            ? t('start.needs', { field: t('field.queue') })
            : activeTypes.length > 0 && !ofType
              ? t('start.needs', { field: t('field.type') })
              : undefined;

  async function submit() {
    if (!from) return;
    setBusy(true);
    setError(null);
    try {
      await begin(key, {
        mode: 'form',
        kind,
        connection_id: from.id,
        ...(contactId ? { contact_id: contactId } : {}),
        name: form.name.trim(),
        ...(form.phone.trim() ? { phone: form.phone.trim() } : {}),
        ...(form.email.trim() ? { email: form.email.trim() } : {}),
        status,
        ...(ofType ? { type_id: ofType.id } : {}),
        ...(inQueue ? { queue_id: inQueue.id } : {}),
        tags: form.tags,
      });
    } catch (refusal) {
      setKey(uuid());
      setError(refusal);
      offerLive(refusal);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <div className="dbody scroll grow">
        <div className="fullform">
          <Select
            label={t('start.field.kind')}
            data={kinds.map((k) => ({ value: k, label: t(`channel.${k}`) }))}
            value={kind}
            onChange={(k) => {
              if (k) {
                setKind(k as ChannelKind);
                setConnection(null);
              }
            }}
          />
          <Select
            label={t('start.field.from')}
            placeholder={ofKind.length === 0 ? t('start.noneOfKind') : ''}
            disabled={ofKind.length === 0}
            data={ofKind.map((c) => ({
              value: c.id,
              label: [c.name, formatPhone(c.identifier)].filter(Boolean).join(' · '),
            }))}
            value={from?.id ?? null}
            error={wrong.connection_id}
            onChange={setConnection}
          />
          <TextInput
            label={t('field.name')}
            value={form.name}
            error={wrong.name}
            maxLength={120}
            onChange={(e) => setForm({ ...form, name: e.currentTarget.value })}
          />
          <TextInput
            label={t('field.phone')}
            type="tel"
            value={form.phone}
            error={wrong.phone}
            onChange={(e) => setForm({ ...form, phone: e.currentTarget.value })}
          />
          <TextInput
            label={t('login.email')}
            type="email"
            value={form.email}
            error={wrong.email}
            onChange={(e) => setForm({ ...form, email: e.currentTarget.value })}
          />
          <Select
            label={t('start.field.status')}
            data={(['open', 'pending', 'closed'] as const).map((s) => ({
              value: s,
              label: t(`start.status.${s}`),
            }))}
            value={status}
            onChange={(s) => s && setStatus(s as TicketStatus)}
          />
          {activeTypes.length > 0 && (
            <Select
              label={t('field.type')}
              data={activeTypes.map((x) => ({ value: x.id, label: x.name }))}
              value={ofType?.id ?? null}
              error={wrong.type_id}
              onChange={setType}
            />
          )}
          <Select
            label={t('field.queue')}
            data={mine.map((x) => ({ value: x.id, label: x.name }))}
            value={inQueue?.id ?? null}
            error={wrong.queue_id}
            onChange={setQueue}
          />
          <MultiSelect
            className="full"
            label={t('panel.tags')}
            searchable
            data={(tags ?? []).filter((x) => x.active).map((x) => ({ value: x.id, label: x.name }))}
            value={form.tags}
            onChange={(value) => setForm({ ...form, tags: value })}
          />
        </div>
        {kind === 'whatsapp_official' && status === 'open' && (
          <p className="infobox">{t('start.officialHint')}</p>
        )}
        {error !== null && (
          <div className="loginerror" role="alert">
            {errorText(error)}
          </div>
        )}
      </div>
      <div className="df">
        <span className="grow" />
        <Btn kind="primary" busy={busy} reason={reason} onClick={() => void submit()}>
          {t('start.submit')}
        </Btn>
      </div>
    </>
  );
}
