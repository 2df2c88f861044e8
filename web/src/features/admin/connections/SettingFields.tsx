import { PasswordInput, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { i18n, useT } from '@/i18n';
import { fullDate } from '@/lib/format';
import type { SettingField } from '@/lib/types';
import { Btn } from '@/ui/parts';

interface Props {
  fields: SettingField[];
  values: Record<string, string>;
  wrong: Record<string, string>;
  onChange: (key: string, value: string) => void;
  /** Secrets already stored, and when. */
  stored?: string[];
  storedAt?: string | null;
}

const word = (key: string, part: 'label' | 'help') => {
  const name = `admin.connection.setting.${key}.${part}`;
  return i18n.exists(name) ? i18n.t(name as 'admin.yes') : part === 'label' ? key : '';
};

/** The adapter's own settings, drawn from its schema. */
export function SettingFields({ fields, values, wrong, onChange, stored = [], storedAt }: Props) {
  const t = useT();
  return fields.map((field) => {
    const common = {
      label: word(field.key, 'label'),
      description: word(field.key, 'help') || undefined,
      error: wrong[`settings.${field.key}`],
    };
    if (field.secret)
      return (
        <Secret
          key={field.key}
          {...common}
          field={field}
          value={values[field.key] ?? ''}
          storedAt={stored.includes(field.key) ? (storedAt ?? null) : null}
          onChange={(value) => onChange(field.key, value)}
        />
      );
    if (field.options?.length)
      return (
        <Select
          key={field.key}
          {...common}
          data={field.options}
          value={values[field.key] ?? field.default ?? null}
          onChange={(value) => onChange(field.key, value ?? '')}
        />
      );
    return (
      <TextInput
        key={field.key}
        {...common}
        required={field.required}
        withAsterisk={false}
        maxLength={field.max_length}
        inputMode={field.pattern?.startsWith('^[0-9]') ? 'numeric' : undefined}
        placeholder={field.generated ? t('admin.connection.generated') : field.default}
        autoComplete="off"
        spellCheck={false}
        value={values[field.key] ?? ''}
        onChange={(event) => onChange(field.key, event.currentTarget.value.trim())}
      />
    );
  });
}

interface SecretProps {
  label: string;
  description: string | undefined;
  error: string | undefined;
  field: SettingField;
  value: string;
  storedAt: string | null;
  onChange: (value: string) => void;
}

/** A stored secret is never shown: only when it was stored, and Trocar. */
function Secret({ label, description, error, field, value, storedAt, onChange }: SecretProps) {
  const t = useT();
  const [changing, setChanging] = useState(false);
  if (storedAt && !changing && !value)
    return (
      <div role="group" aria-label={label}>
        <div className="lab">{label}</div>
        <div className="secret">
          <span className="grow">{t('admin.connection.storedAt', { date: fullDate(storedAt) })}</span>
          <Btn
            size="small"
            kind="ghost"
            onClick={() => setChanging(true)}
            aria-label={t('admin.connection.changeWhat', { what: label })}
          >
            {t('admin.connection.change')}
          </Btn>
        </div>
        {error && <p className="help err">{error}</p>}
      </div>
    );
  return (
    <PasswordInput
      label={label}
      description={description}
      error={error}
      required={field.required && !storedAt}
      withAsterisk={false}
      maxLength={field.max_length}
      autoComplete="off"
      autoFocus={changing}
      spellCheck={false}
      placeholder={storedAt ? t('admin.connection.keepSecret') : undefined}
      visibilityToggleIcon={() => null}
      visibilityToggleButtonProps={{ hidden: true }}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value.trim())}
    />
  );
}
