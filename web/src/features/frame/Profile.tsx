import { Drawer, PasswordInput, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useRef, useState, type FormEvent } from 'react';
import { api, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useMe } from '@/app/session';
import { languages, useT } from '@/i18n';
import { fieldErrors, toast, toastError } from '@/lib/errors';
import { uploadMedia } from '@/lib/sending';
import type { Me } from '@/lib/types';
import { Avatar, Btn } from '@/ui/parts';
import { SwitchRow } from '@/ui/SwitchRow';

type Patch = Partial<Pick<Me, 'locale' | 'theme' | 'density' | 'sound' | 'shortcuts'>> & {
  photo_id?: string | null;
};

export function Profile({ onClose }: { onClose: () => void }) {
  const t = useT();
  const me = useMe();
  const file = useRef<HTMLInputElement>(null);
  const [form, setForm] = useState({ name: me.name, email: me.email, password: '', current_password: '' });
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const wrong = fieldErrors(error);
  const sensitive = form.email !== me.email || form.password !== '';

  /** Switches act at once; a refusal puts them back. */
  async function now(patch: Patch) {
    const before = queryClient.getQueryData<Me>(q.me.queryKey);
    queryClient.setQueryData<Me>(q.me.queryKey, (held) => (held ? { ...held, ...patch } : held));
    try {
      queryClient.setQueryData(q.me.queryKey, await ok(api.PATCH('/api/v1/me', { body: patch })));
    } catch (refusal) {
      queryClient.setQueryData(q.me.queryKey, before);
      toastError(refusal);
    }
  }

  async function photo(picked: File | undefined) {
    if (!picked) return;
    try {
      await now({ photo_id: (await uploadMedia(picked, picked.name, 'image')).id });
    } catch (refusal) {
      toastError(refusal);
    }
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const body = {
        name: form.name,
        ...(form.email !== me.email ? { email: form.email } : {}),
        ...(form.password ? { password: form.password } : {}),
        ...(sensitive ? { current_password: form.current_password } : {}),
      };
      queryClient.setQueryData(q.me.queryKey, await ok(api.PATCH('/api/v1/me', { body })));
      setForm({ ...form, password: '', current_password: '' });
      toast(t('action.saved'));
    } catch (refusal) {
      setError(refusal);
      toastError(refusal);
    } finally {
      setBusy(false);
    }
  }

  const set = (key: keyof typeof form) => (event: { currentTarget: { value: string } }) =>
    setForm({ ...form, [key]: event.currentTarget.value });

  return (
    <Drawer
      opened
      onClose={onClose}
      size={480}
      title={t('nav.profile')}
      className="drawer-root"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form className="col grow" style={{ minHeight: 0 }} onSubmit={(event) => void submit(event)}>
        <div className="dbody scroll grow col g16">
          <div className="row g16" data-autofocus tabIndex={-1}>
            <Avatar id={me.id} name={me.name} size={56} photo={me.photo_url} />
            <div className="row g8">
              <Btn size="small" onClick={() => file.current?.click()}>
                {t('profile.photo')}
              </Btn>
              {me.photo_url && (
                <Btn size="small" kind="ghost" onClick={() => void now({ photo_id: null })}>
                  {t('profile.photoRemove')}
                </Btn>
              )}
              <input
                ref={file}
                type="file"
                accept="image/*"
                hidden
                onChange={(e) => void photo(e.currentTarget.files?.[0])}
              />
            </div>
          </div>
          <TextInput
            label={t('field.name')}
            required
            withAsterisk={false}
            value={form.name}
            error={wrong.name}
            onChange={set('name')}
          />
          <TextInput
            label={t('login.email')}
            type="email"
            required
            withAsterisk={false}
            value={form.email}
            error={wrong.email}
            onChange={set('email')}
          />
          <PasswordInput
            label={t('profile.newPassword')}
            description={t('setup.passwordHint')}
            autoComplete="new-password"
            value={form.password}
            error={wrong.password}
            onChange={set('password')}
            visibilityToggleButtonProps={{ 'aria-label': t('login.showPassword') }}
          />
          {sensitive && (
            <PasswordInput
              label={t('profile.currentPassword')}
              required
              withAsterisk={false}
              autoComplete="current-password"
              value={form.current_password}
              error={wrong.current_password}
              onChange={set('current_password')}
              visibilityToggleButtonProps={{ 'aria-label': t('login.showPassword') }}
            />
          )}
          <hr className="hr" />
          <Select
            label={t('login.language')}
            data={languages.map((code) => ({ value: code, label: t(`language.${code}`) }))}
            value={me.locale}
            onChange={(locale) => locale && void now({ locale: locale as Me['locale'] })}
          />
          <Choice
            label={t('profile.theme')}
            value={me.theme}
            data={(['system', 'light', 'dark'] as const).map((v) => ({ value: v, label: t(`theme.${v}`) }))}
            onChange={(theme) => void now({ theme: theme as Me['theme'] })}
          />
          <Choice
            label={t('profile.density')}
            value={me.density}
            data={(['comfortable', 'compact'] as const).map((v) => ({ value: v, label: t(`density.${v}`) }))}
            onChange={(density) => void now({ density: density as Me['density'] })}
          />
          <SwitchRow
            label={t('profile.sound')}
            checked={me.sound}
            onChange={(sound) => void now({ sound })}
          />
          <SwitchRow
            label={t('profile.shortcuts')}
            help={t('profile.shortcutsHint')}
            checked={me.shortcuts}
            onChange={(shortcuts) => void now({ shortcuts })}
          />
        </div>
        <div className="df">
          <span className="grow" />
          <Btn kind="primary" type="submit" busy={busy}>
            {t('action.save')}
          </Btn>
        </div>
      </form>
    </Drawer>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  data: { value: string; label: string }[];
  onChange: (value: string) => void;
}

const Choice = ({ label, value, data, onChange }: ChoiceProps) => (
  <div>
    <div className="lab">{label}</div>
    <SegmentedControl fullWidth aria-label={label} value={value} data={data} onChange={onChange} />
  </div>
);
