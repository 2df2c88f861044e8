import { MultiSelect, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok, uuid } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useCan, useMe } from '@/app/session';
import { useT } from '@/i18n';
import { toast } from '@/lib/errors';
import { formatPhone } from '@/lib/phone';
import type { Role, User } from '@/lib/types';
import { CopyBtn } from '@/ui/CopyLine';
import { FormDrawer } from '@/ui/FormDrawer';
import { Avatar, Btn } from '@/ui/parts';
import { SwitchRow } from '@/ui/SwitchRow';
import { changes, useForm, without } from '@/ui/useForm';
import { RecordDrawer } from '../RecordDrawer';
import { PasswordField } from './PasswordField';

const refresh = () =>
  Promise.all(
    ['users', 'teams', 'me', 'transfer-targets'].map((key) =>
      queryClient.invalidateQueries({ queryKey: [key] }),
    ),
  );

const start = (user: User | undefined) => ({
  name: user?.name ?? '',
  email: user?.email ?? '',
  phone: user?.phone ? formatPhone(user.phone) : '',
  role: user?.role ?? ('user' as Role),
  password: '',
  queues: user?.queues ?? [],
  teams: user?.teams ?? [],
  connections: user?.connections ?? [],
  default_connection_id: user?.default_connection_id ?? null,
  active: user?.active ?? true,
});

type Values = ReturnType<typeof start>;

/** E6–E14: a person who serves. */
export function UserDrawer({ user, onClose }: { user?: User; onClose: () => void }) {
  const t = useT();
  const can = useCan();
  const me = useMe();
  const [key] = useState(uuid);
  const [generated, setGenerated] = useState(false);
  const [made, setMade] = useState<{ email: string; password: string } | null>(null);
  const [initial] = useState(() => start(user));
  const form = useForm<Values>(initial, async (values, before) => {
    if (user)
      await ok(
        api.PATCH('/api/v1/users/{id}', { params: { path: { id: user.id } }, body: changes(values, before) }),
      );
    else {
      const { phone, ...rest } = without(values, 'active');
      const body = { ...rest, ...(phone ? { phone } : {}) };
      await ok(api.POST('/api/v1/users', { params: { header: { 'Idempotency-Key': key } }, body }));
    }
    await refresh();
    toast(t('admin.saved'));
    if (generated && values.password) setMade({ email: values.email, password: values.password });
    else onClose();
  });
  if (made) return <Handed {...made} name={form.values.name} onClose={onClose} />;

  const path = { path: { id: user?.id ?? '' } };
  const mayRemove = can('user.delete') && user && user.id !== me.id;
  return (
    <RecordDrawer
      title={user?.name ?? t('admin.user.add')}
      icon={user && <Avatar id={user.id} name={user.name} size={38} photo={user.photo_url} />}
      id={user?.id}
      noun="users"
      form={form}
      editable={can('user.edit')}
      removal={
        mayRemove
          ? {
              title: t('admin.user.removeTitle', { name: user.name }),
              text: t('admin.user.removeText'),
              run: async () => {
                await ok(api.DELETE('/api/v1/users/{id}', { params: path }));
                await refresh();
              },
            }
          : undefined
      }
      history={(cursor) =>
        ok(api.GET('/api/v1/users/{id}/history', { params: { ...path, query: { cursor } } }))
      }
      onClose={onClose}
    >
      <Fields form={form} user={user} generated={generated} onGenerated={setGenerated} />
    </RecordDrawer>
  );
}

interface FieldsProps {
  form: ReturnType<typeof useForm<Values>>;
  user: User | undefined;
  generated: boolean;
  onGenerated: (on: boolean) => void;
}

function Fields({ form, user, generated, onGenerated }: FieldsProps) {
  const t = useT();
  const me = useMe();
  const { data: queues } = useQuery(q.queues);
  const { data: teams } = useQuery(q.teams);
  const { data: connections } = useQuery(q.connections);
  const { values, set, patch, wrong } = form;
  const roles: Role[] =
    me.role === 'admin' ? ['user', 'supervisor', 'admin'] : [...new Set<Role>(['user', values.role])];
  const allowed = (connections ?? []).filter(
    (c) => values.connections.length === 0 || values.connections.includes(c.id),
  );
  const noQueue = values.role === 'user' && values.queues.length === 0 && values.teams.length === 0;
  const options = (list: { id: string; name: string }[] | undefined) =>
    (list ?? []).map((one) => ({ value: one.id, label: one.name }));
  const clear = { clearable: true, clearButtonProps: { 'aria-label': t('admin.clear') } };
  return (
    <>
      <TextInput
        label={t('admin.field.name')}
        required
        withAsterisk={false}
        maxLength={60}
        data-autofocus={!user || undefined}
        autoComplete="off"
        value={values.name}
        error={wrong.name}
        onChange={(e) => set('name', e.currentTarget.value)}
      />
      <TextInput
        label={t('admin.field.email')}
        description={t('admin.user.emailHint')}
        type="email"
        required
        withAsterisk={false}
        maxLength={254}
        autoComplete="off"
        value={values.email}
        error={wrong.email}
        onChange={(e) => set('email', e.currentTarget.value)}
      />
      <PasswordField
        label={t(user ? 'admin.user.newPassword' : 'admin.field.password')}
        required={!user}
        value={values.password}
        error={wrong.password}
        generated={generated}
        onChange={(password, own) => {
          set('password', password);
          onGenerated(own);
        }}
      />
      <div>
        <Select
          label={t('admin.field.role')}
          data={roles.map((role) => ({ value: role, label: t(`admin.role.${role}`) }))}
          allowDeselect={false}
          value={values.role}
          error={wrong.role}
          onChange={(role) => role && set('role', role as Role)}
        />
        <p className="help">{t(`admin.roleHelp.${values.role}`)}</p>
      </div>
      <div>
        <MultiSelect
          label={t('admin.field.queues')}
          searchable
          {...clear}
          data={options(queues)}
          value={values.queues}
          error={wrong.queues}
          nothingFoundMessage={t('admin.nothing')}
          onChange={(list) => set('queues', list)}
        />
        {noQueue && <p className="help warntext">{t('admin.user.noQueueHelp')}</p>}
      </div>
      {teams && teams.length > 0 && (
        <MultiSelect
          label={t('admin.field.teams')}
          searchable
          {...clear}
          data={options(teams)}
          value={values.teams}
          error={wrong.teams}
          onChange={(list) => set('teams', list)}
        />
      )}
      <MultiSelect
        label={t('admin.field.connections')}
        description={t('admin.user.connectionsHint')}
        placeholder={values.connections.length ? undefined : t('admin.user.allConnections')}
        searchable
        {...clear}
        data={options(connections)}
        value={values.connections}
        error={wrong.connections}
        onChange={(list) =>
          patch({
            connections: list,
            ...(list.length && values.default_connection_id && !list.includes(values.default_connection_id)
              ? { default_connection_id: null }
              : {}),
          })
        }
      />
      <Select
        label={t('admin.field.default_connection_id')}
        description={t('admin.user.defaultHint')}
        placeholder={t('admin.user.companyDefault')}
        {...clear}
        data={options(allowed)}
        value={values.default_connection_id}
        error={wrong.default_connection_id}
        onChange={(id) => set('default_connection_id', id)}
      />
      <TextInput
        label={t('admin.field.phone')}
        description={t('admin.user.phoneHint')}
        type="tel"
        maxLength={40}
        autoComplete="off"
        value={values.phone}
        error={wrong.phone}
        onChange={(e) => set('phone', e.currentTarget.value)}
      />
      {user && (
        <SwitchRow
          label={t('admin.active')}
          help={t('admin.user.activeHelp')}
          checked={values.active}
          error={wrong.active}
          reason={user.id === me.id ? t('admin.user.notYourself') : undefined}
          onChange={(on) => set('active', on)}
        />
      )}
    </>
  );
}

/** A password that was made here is shown once more, and never again. */
function Handed({
  name,
  email,
  password,
  onClose,
}: {
  name: string;
  email: string;
  password: string;
  onClose: () => void;
}) {
  const t = useT();
  return (
    <FormDrawer title={t('admin.user.handTitle', { name })} onClose={onClose}>
      <p className="sec x13">{t('admin.user.handText')}</p>
      <div className="once">
        <dl className="dl">
          <dt>{t('admin.field.email')}</dt>
          <dd>{email}</dd>
          <dt>{t('admin.field.password')}</dt>
          <dd className="mono">{password}</dd>
        </dl>
        <div className="row g8">
          <CopyBtn text={password} label={t('admin.copyWhat', { what: t('admin.field.password') })} />
          <span className="grow" />
          <Btn kind="primary" onClick={onClose}>
            {t('admin.user.handed')}
          </Btn>
        </div>
      </div>
    </FormDrawer>
  );
}
