import { PasswordInput } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useT } from '@/i18n';
import { CopyBtn } from '@/ui/CopyLine';
import { Btn } from '@/ui/parts';
import { generatePassword } from './password';

interface Props {
  label: string;
  value: string;
  error: string | undefined;
  required?: boolean;
  /** Made by us: shown in clear, to be copied once. */
  generated: boolean;
  onChange: (value: string, generated: boolean) => void;
}

/** A password typed, or made here and copied once. */
export function PasswordField({ label, value, error, required, generated, onChange }: Props) {
  const t = useT();
  if (generated)
    return (
      <div role="group" aria-label={label}>
        <div className="lab">{label}</div>
        <div className="copyline">
          <span className="grow">{value}</span>
          <CopyBtn text={value} label={t('admin.copyWhat', { what: label })} />
        </div>
        <p className="help">{t('admin.user.generatedHelp')}</p>
        {error && <p className="help err">{error}</p>}
        <div className="row g8">
          <Btn
            size="small"
            kind="ghost"
            icon={<IconRefresh size={14} />}
            onClick={() => onChange(generatePassword(), true)}
          >
            {t('admin.user.again')}
          </Btn>
          <Btn size="small" kind="ghost" onClick={() => onChange('', false)}>
            {t('admin.user.type')}
          </Btn>
        </div>
      </div>
    );
  return (
    <div>
      <PasswordInput
        label={label}
        description={t('admin.user.passwordHint')}
        required={required}
        withAsterisk={false}
        autoComplete="new-password"
        maxLength={1000}
        value={value}
        error={error}
        visibilityToggleButtonProps={{ 'aria-label': t('admin.user.showPassword') }}
        onChange={(event) => onChange(event.currentTarget.value, false)}
      />
      <Btn size="small" kind="ghost" className="gen" onClick={() => onChange(generatePassword(), true)}>
        {t('admin.user.generate')}
      </Btn>
    </div>
  );
}
