import { MultiSelect, Select, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { q } from '@/api/query';
import { useCan } from '@/app/session';
import { useT } from '@/i18n';
import type { Contact } from '@/lib/types';
import { Btn, IconBtn } from '@/ui/parts';
import { SwitchRow } from '@/ui/SwitchRow';
import type { Form } from '@/ui/useForm';
import type { Values } from './values';

interface Props {
  form: Form<Values>;
  contact: Contact | undefined;
  editable: boolean;
}

/** The fields of a contact, those people need first. */
export function ContactFields({ form, contact, editable }: Props) {
  const t = useT();
  const can = useCan();
  const { data: tags } = useQuery(q.tags);
  const { data: users } = useQuery({ ...q.users, enabled: can('user.view') });
  const { values, set, wrong } = form;
  const text = (
    key: 'name' | 'phone' | 'email' | 'first_name' | 'last_name' | 'document' | 'company' | 'birth_date',
  ) => ({
    label: t(`contacts.field.${key}`),
    value: values[key],
    error: wrong[key],
    autoComplete: 'off',
    onChange: (event: { currentTarget: { value: string } }) => set(key, event.currentTarget.value),
  });
  const shown = (tags ?? []).filter((tag) => tag.active || values.tags.includes(tag.id));
  const others = (contact?.identities ?? []).filter((one) => one.kind === 'whatsapp_user');
  return (
    <fieldset className="plain col g16" disabled={!editable}>
      <TextInput
        {...text('name')}
        required
        withAsterisk={false}
        maxLength={120}
        data-autofocus={!contact || undefined}
      />
      <div className="two">
        <TextInput {...text('phone')} type="tel" maxLength={40} description={t('contacts.phoneHint')} />
        <TextInput {...text('email')} type="email" maxLength={254} description={t('contacts.emailHint')} />
      </div>
      {others.length > 0 && (
        <dl className="dl">
          {others.map((one) => (
            <Identity key={one.id} address={one.address} />
          ))}
        </dl>
      )}
      <MultiSelect
        label={t('contacts.tags')}
        searchable
        clearable
        data={shown.map((tag) => ({ value: tag.id, label: tag.name }))}
        value={values.tags}
        error={wrong.tags}
        nothingFoundMessage={t('admin.nothing')}
        clearButtonProps={{ 'aria-label': t('admin.clear') }}
        onChange={(list) => set('tags', list)}
      />
      {users && can('wallet.set') && (
        <Select
          label={t('contacts.wallet')}
          description={t('contacts.walletHint')}
          placeholder={t('contacts.noWallet')}
          searchable
          clearable
          data={users
            .filter((u) => u.active || u.id === values.owner_user_id)
            .map((u) => ({ value: u.id, label: u.name }))}
          value={values.owner_user_id}
          error={wrong.owner_user_id}
          clearButtonProps={{ 'aria-label': t('admin.clear') }}
          onChange={(id) => set('owner_user_id', id)}
        />
      )}
      <div className="two">
        <TextInput {...text('first_name')} maxLength={120} />
        <TextInput {...text('last_name')} maxLength={120} />
      </div>
      <div className="two">
        <TextInput {...text('company')} maxLength={120} />
        <TextInput {...text('document')} maxLength={20} inputMode="numeric" />
      </div>
      <div className="two">
        <TextInput {...text('birth_date')} type="date" />
      </div>
      <Extra form={form} />
      <SwitchRow
        label={t('contacts.marketing')}
        help={t('contacts.marketingHelp')}
        checked={values.accepts_marketing}
        error={wrong.accepts_marketing}
        onChange={(on) => set('accepts_marketing', on)}
      />
    </fieldset>
  );
}

function Identity({ address }: { address: string }) {
  const t = useT();
  return (
    <>
      <dt>{t('contacts.waUser')}</dt>
      <dd className="mono">{address}</dd>
    </>
  );
}

/** Fields of the company's own: a name and a value. */
function Extra({ form }: { form: Form<Values> }) {
  const t = useT();
  const { values, set, wrong } = form;
  const list = values.extra;
  const change = (at: number, part: Partial<(typeof list)[number]>) =>
    set(
      'extra',
      list.map((field, i) => (i === at ? { ...field, ...part } : field)),
    );
  return (
    <div role="group" aria-label={t('contacts.extra')}>
      <div className="lab">{t('contacts.extra')}</div>
      <div className="col g8">
        {list.map((field, i) => (
          <div key={i} className="extra">
            <TextInput
              aria-label={t('contacts.extraKey')}
              placeholder={t('contacts.extraKey')}
              maxLength={60}
              value={field.key}
              error={wrong[`extra[${i}].key`]}
              onChange={(e) => change(i, { key: e.currentTarget.value })}
            />
            <TextInput
              aria-label={t('contacts.extraValue')}
              placeholder={t('contacts.extraValue')}
              maxLength={1000}
              value={field.value}
              error={wrong[`extra[${i}].value`]}
              onChange={(e) => change(i, { value: e.currentTarget.value })}
            />
            <IconBtn
              label={t('contacts.extraRemove')}
              onClick={() =>
                set(
                  'extra',
                  list.filter((_, at) => at !== i),
                )
              }
            >
              <IconX size={16} />
            </IconBtn>
          </div>
        ))}
      </div>
      {wrong.extra && <p className="help err">{wrong.extra}</p>}
      <Btn
        size="small"
        kind="ghost"
        className="gen"
        icon={<IconPlus size={14} />}
        onClick={() => set('extra', [...list, { key: '', value: '' }])}
      >
        {t('contacts.extraAdd')}
      </Btn>
    </div>
  );
}
