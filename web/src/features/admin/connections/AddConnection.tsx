import { TextInput } from '@mantine/core';
import { IconBrandWhatsapp, IconDeviceMobile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok, uuid } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import { toast } from '@/lib/errors';
import type { ChannelKind, Connection, ConnectionKind } from '@/lib/types';
import { ChannelIcon } from '@/ui/ChannelIcon';
import { FormDrawer } from '@/ui/FormDrawer';
import { SwitchRow } from '@/ui/SwitchRow';
import { useForm } from '@/ui/useForm';
import { QueueSelect } from './QueueSelect';
import { SettingFields } from './SettingFields';

interface Props {
  onClose: () => void;
  onMade: (id: string) => void;
}

type Kind = ChannelKind | 'simulated';

/** First what kind, then its form. */
export function AddConnection({ onClose, onMade }: Props) {
  const t = useT();
  const me = useMe();
  const [kind, setKind] = useState<Kind | null>(null);
  const { data: kinds } = useQuery(q.kinds);
  const chosen = kinds?.find((k) => k.kind === kind);

  function made(connection: Connection) {
    queryClient.setQueryData<Connection[]>(q.connections.queryKey, (held) => held && [...held, connection]);
    void queryClient.invalidateQueries({ queryKey: ['connections'] });
    void queryClient.invalidateQueries({ queryKey: ['sandbox'] });
    toast(t('admin.connection.made', { name: connection.name }));
    onMade(connection.id);
  }

  if (kind === 'simulated') return <Simulated onClose={onClose} onMade={made} />;
  if (chosen) return <Official kind={chosen} onClose={onClose} onMade={made} />;
  return (
    <FormDrawer title={t('admin.connection.add')} onClose={onClose}>
      <p className="sec x13">{t('admin.connection.choose')}</p>
      <div className="kinds">
        {kinds
          ?.filter((k) => k.available)
          .map((k) => (
            <button key={k.kind} type="button" onClick={() => setKind(k.kind)}>
              <span className="kindico">
                <ChannelIcon kind={k.kind} size={20} />
              </span>
              <span>
                <h3>{t(`channel.${k.kind}`)}</h3>
                <span className="sec x13">{t('admin.connection.officialText')}</span>
              </span>
            </button>
          ))}
        {me.sandbox && (
          <button type="button" onClick={() => setKind('simulated')}>
            <span className="kindico">
              <IconDeviceMobile size={20} aria-hidden />
            </span>
            <span>
              <h3>{t('admin.connection.simulatedKind')}</h3>
              <span className="sec x13">{t('admin.connection.simulatedText')}</span>
            </span>
          </button>
        )}
      </div>
    </FormDrawer>
  );
}

interface FormProps {
  onClose: () => void;
  onMade: (connection: Connection) => void;
}

function Official({ kind, onClose, onMade }: FormProps & { kind: ConnectionKind }) {
  const t = useT();
  const { data: connections } = useQuery(q.connections);
  const onlySimulated = Boolean(connections?.length) && connections?.every((c) => c.simulated);
  const [key] = useState(uuid);
  const initial = {
    name: '',
    settings: {} as Record<string, string>,
    queue: null as string | null,
    default: Boolean(onlySimulated),
    read_receipts: true,
  };
  const form = useForm(initial, async ({ queue, ...rest }) => {
    const body = { kind: kind.kind, ...rest, name: rest.name.trim(), ...(queue ? { queues: [queue] } : {}) };
    onMade(
      await ok(api.POST('/api/v1/connections', { params: { header: { 'Idempotency-Key': key } }, body })),
    );
  });
  const { values, set, wrong } = form;
  const fields = kind.settings.filter((f) => f.required || f.generated);
  const more = kind.settings.filter((f) => !f.required && !f.generated);
  return (
    <FormDrawer
      title={t('admin.connection.addKind', { kind: t(`channel.${kind.kind}`) })}
      icon={<IconBrandWhatsapp size={20} color="var(--wa)" aria-hidden />}
      form={form}
      save={t('admin.connection.connect')}
      fresh
      onClose={onClose}
    >
      <section className="infobox col">
        <h3 className="med x13">{t('admin.connection.guide.title')}</h3>
        <ol className="steps-guide">
          {(['app', 'ids', 'token', 'secret', 'webhook'] as const).map((step) => (
            <li key={step}>{t(`admin.connection.guide.${step}`)}</li>
          ))}
        </ol>
      </section>
      <TextInput
        label={t('admin.connection.name')}
        description={t('admin.connection.nameHint')}
        required
        withAsterisk={false}
        maxLength={60}
        data-autofocus
        value={values.name}
        error={wrong.name}
        onChange={(e) => set('name', e.currentTarget.value)}
      />
      <SettingFields
        fields={fields}
        values={values.settings}
        wrong={wrong}
        onChange={(field, value) => set('settings', { ...values.settings, [field]: value })}
      />
      <QueueSelect value={values.queue} error={wrong.queues} onChange={(queue) => set('queue', queue)} />
      <hr className="hr" />
      <SwitchRow
        label={t('admin.connection.defaultLabel')}
        help={t(
          onlySimulated
            ? 'admin.connection.defaultInstead'
            : connections?.length
              ? 'admin.connection.defaultHelp'
              : 'admin.connection.defaultFirst',
        )}
        checked={values.default || !connections?.length}
        reason={connections?.length ? undefined : t('admin.connection.defaultFirst')}
        onChange={(on) => set('default', on)}
      />
      <SwitchRow
        label={t('admin.connection.receipts')}
        help={t('admin.connection.receiptsHelp')}
        checked={values.read_receipts}
        onChange={(on) => set('read_receipts', on)}
      />
      {more.length > 0 && (
        <details className="col g16">
          <summary className="link x13">{t('admin.connection.advanced')}</summary>
          <div className="col g16 advanced">
            <SettingFields
              fields={more}
              values={values.settings}
              wrong={wrong}
              onChange={(field, value) => set('settings', { ...values.settings, [field]: value })}
            />
          </div>
        </details>
      )}
    </FormDrawer>
  );
}

function Simulated({ onClose, onMade }: FormProps) {
  const t = useT();
  const { data: connections } = useQuery(q.connections);
  const [key] = useState(uuid);
  const form = useForm({ name: '', phone: '', queue: null as string | null, default: false }, async (v) => {
    const body = {
      name: v.name.trim(),
      default: v.default,
      ...(v.phone.trim() ? { phone: v.phone.trim() } : {}),
      ...(v.queue ? { queues: [v.queue] } : {}),
    };
    onMade(
      await ok(
        api.POST('/api/v1/sandbox/connections', { params: { header: { 'Idempotency-Key': key } }, body }),
      ),
    );
  });
  const { values, set, wrong } = form;
  return (
    <FormDrawer
      title={t('admin.connection.addSimulated')}
      badge={<span className="chip xs info">{t('admin.connection.simulated')}</span>}
      form={form}
      save={t('admin.connection.create')}
      fresh
      onClose={onClose}
    >
      <p className="sec x13">{t('admin.connection.simulatedText')}</p>
      <TextInput
        label={t('admin.connection.name')}
        required
        withAsterisk={false}
        maxLength={60}
        data-autofocus
        value={values.name}
        error={wrong.name}
        onChange={(e) => set('name', e.currentTarget.value)}
      />
      <TextInput
        label={t('admin.connection.phone')}
        description={t('admin.connection.phoneHint')}
        type="tel"
        maxLength={40}
        value={values.phone}
        error={wrong.phone}
        onChange={(e) => set('phone', e.currentTarget.value)}
      />
      <QueueSelect value={values.queue} error={wrong.queues} onChange={(queue) => set('queue', queue)} />
      <hr className="hr" />
      <SwitchRow
        label={t('admin.connection.defaultLabel')}
        help={t(connections?.length ? 'admin.connection.defaultHelp' : 'admin.connection.defaultFirst')}
        checked={values.default || !connections?.length}
        reason={connections?.length ? undefined : t('admin.connection.defaultFirst')}
        onChange={(on) => set('default', on)}
      />
    </FormDrawer>
  );
}
