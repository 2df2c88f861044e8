import { TextInput } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useCan } from '@/app/session';
import { useT } from '@/i18n';
import { toast, toastError } from '@/lib/errors';
import { moment } from '@/lib/format';
import type { Connection } from '@/lib/types';
import { ChannelIcon } from '@/ui/ChannelIcon';
import { Confirm } from '@/ui/Confirm';
import { CopyLine } from '@/ui/CopyLine';
import { FormDrawer } from '@/ui/FormDrawer';
import { History } from '@/ui/History';
import { Btn, IconBtn } from '@/ui/parts';
import { SwitchRow } from '@/ui/SwitchRow';
import { changes, useForm } from '@/ui/useForm';
import { Health } from './Health';
import { QueueSelect } from './QueueSelect';
import { SettingFields } from './SettingFields';
import { StateIcon, summary, toneOf } from './state';

/** A change of one connection, in the list too. */
function take(next: Connection): void {
  queryClient.setQueryData<Connection[]>(q.connections.queryKey, (held) =>
    held?.map((c) => (c.id === next.id ? next : c)),
  );
  void queryClient.invalidateQueries({ queryKey: ['connections'] });
}

export function ConnectionDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { data: list } = useQuery(q.connections);
  const connection = list?.find((c) => c.id === id);
  return connection ? <Drawer connection={connection} onClose={onClose} /> : null;
}

const shown = (c: Connection) => ({
  name: c.name,
  settings: c.settings ?? {},
  queues: c.queues,
  default: c.default,
  read_receipts: c.read_receipts,
  active: c.active,
});

function Drawer({ connection: c, onClose }: { connection: Connection; onClose: () => void }) {
  const t = useT();
  const can = useCan();
  const edit = can('connection.edit');
  const [tab, setTab] = useState('general');
  const [removing, setRemoving] = useState(false);
  const form = useForm(shown(c), async (values, before) => {
    const { settings, ...rest } = changes(values, before);
    const changed = changes(values.settings, before.settings);
    const body = { ...rest, ...(settings ? { settings: changed as Record<string, string> } : {}) };
    take(await ok(api.PATCH('/api/v1/connections/{id}', { params: { path: { id: c.id } }, body })));
    toast(t('admin.saved'));
    onClose();
  });
  const tabs = [
    { key: 'general', label: t('admin.tab.general') },
    { key: 'health', label: t('admin.connection.health') },
    ...(can('history.view') ? [{ key: 'history', label: t('admin.history.tab') }] : []),
  ];
  return (
    <FormDrawer
      title={c.name}
      badge={c.simulated && <span className="chip xs info">{t('admin.connection.simulated')}</span>}
      icon={
        <span className="kindico">
          <ChannelIcon kind={c.kind} size={20} />
        </span>
      }
      actions={
        edit && (
          <IconBtn label={t('admin.connection.remove')} onClick={() => setRemoving(true)}>
            <IconTrash size={18} />
          </IconBtn>
        )
      }
      tabs={tabs}
      tab={tab}
      onTab={setTab}
      form={edit && tab === 'general' ? form : undefined}
      onClose={onClose}
    >
      {tab === 'general' && <General connection={c} form={form} edit={edit} />}
      {tab === 'health' && <Health connection={c} />}
      {tab === 'history' && (
        <History
          queryKey={['connections', c.id]}
          load={(cursor) =>
            ok(
              api.GET('/api/v1/connections/{id}/history', {
                params: { path: { id: c.id }, query: { cursor } },
              }),
            )
          }
        />
      )}
      {removing && (
        <Confirm
          title={t('admin.connection.removeTitle', { name: c.name })}
          text={t('admin.connection.removeText')}
          action={t('admin.remove')}
          onConfirm={async () => {
            await ok(api.DELETE('/api/v1/connections/{id}', { params: { path: { id: c.id } } }));
            void queryClient.invalidateQueries({ queryKey: ['connections'] });
            toast(t('admin.removed'));
            onClose();
          }}
          onClose={() => setRemoving(false)}
        />
      )}
    </FormDrawer>
  );
}

interface GeneralProps {
  connection: Connection;
  form: ReturnType<typeof useForm<ReturnType<typeof shown>>>;
  edit: boolean;
}

function General({ connection: c, form, edit }: GeneralProps) {
  const t = useT();
  const { data: kinds } = useQuery(q.kinds);
  const { data: all } = useQuery(q.connections);
  const { values, set, wrong } = form;
  const fields = (kinds?.find((k) => k.kind === c.kind)?.settings ?? []).filter((f) => !f.generated);
  // The token people copy to Meta is shown below; a simulator needs none of it.
  const own = c.simulated ? [] : fields;
  const sure = Boolean(c.default && (all?.length ?? 0) > 1);
  return (
    <>
      <State connection={c} />
      <fieldset className="plain col g16" disabled={!edit}>
        <TextInput
          label={t('admin.connection.name')}
          required
          withAsterisk={false}
          maxLength={60}
          value={values.name}
          error={wrong.name}
          onChange={(e) => set('name', e.currentTarget.value)}
        />
        <SettingFields
          fields={own}
          values={values.settings}
          wrong={wrong}
          stored={c.secrets ?? []}
          storedAt={c.secrets_at}
          onChange={(key, value) => set('settings', { ...values.settings, [key]: value })}
        />
        <QueueSelect
          value={values.queues[0] ?? null}
          error={wrong.queues ?? wrong['queues[0]']}
          onChange={(queue) => set('queues', queue ? [queue] : [])}
        />
        <hr className="hr" />
        <SwitchRow
          label={t('admin.connection.defaultLabel')}
          help={t('admin.connection.defaultHelp')}
          checked={values.default}
          error={wrong.default}
          reason={sure || all?.length === 1 ? t('admin.connection.defaultKept') : undefined}
          onChange={(on) => set('default', on)}
        />
        <SwitchRow
          label={t('admin.connection.receipts')}
          help={t('admin.connection.receiptsHelp')}
          checked={values.read_receipts}
          error={wrong.read_receipts}
          onChange={(on) => set('read_receipts', on)}
        />
        <SwitchRow
          label={t('admin.connection.active')}
          help={t('admin.connection.activeHelp')}
          checked={values.active}
          error={wrong.active}
          reason={sure ? t('admin.connection.defaultKept') : undefined}
          onChange={(on) => set('active', on)}
        />
      </fieldset>
      {!c.simulated && c.webhook_url && (
        <>
          <hr className="hr" />
          <div>
            <h3 className="med x13">{t('admin.connection.webhook')}</h3>
            <p className="help">{t('admin.connection.webhookHelp')}</p>
          </div>
          <CopyLine label={t('admin.connection.webhookUrl')} value={c.webhook_url} />
          {c.verify_token && <CopyLine label={t('admin.connection.verifyToken')} value={c.verify_token} />}
        </>
      )}
    </>
  );
}

function State({ connection: c }: { connection: Connection }) {
  const t = useT();
  const can = useCan();
  const [busy, setBusy] = useState(false);

  async function check() {
    setBusy(true);
    try {
      const next = await ok(api.POST('/api/v1/connections/{id}/check', { params: { path: { id: c.id } } }));
      take(next);
      toast(t('admin.connection.checkedNow'));
    } catch (refusal) {
      toastError(refusal);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className={`statebox ${toneOf(c)}`}>
      <StateIcon connection={c} size={22} />
      <div className="grow">
        <b>{t(c.active ? `admin.connection.state.${c.state}` : 'admin.connection.state.off')}</b>
        <span>
          {summary(c) ||
            (c.checked_at
              ? t('admin.connection.checkedAt', { when: moment(c.checked_at) })
              : t('admin.connection.notChecked'))}
        </span>
      </div>
      {can('connection.check') && c.active && (
        <Btn size="small" busy={busy} onClick={() => void check()}>
          {t('admin.connection.check')}
        </Btn>
      )}
    </div>
  );
}
