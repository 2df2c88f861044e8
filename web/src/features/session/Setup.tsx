import { PasswordInput, Select, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useT } from '@/i18n';
import { errorText, fieldErrors } from '@/lib/errors';
import { zoneChoices, zones } from '@/lib/zones';
import { Btn, Logo } from '@/ui/parts';
import { LanguagePicker } from './Login';
import { LoginSide } from './LoginSide';
import './login.css';

/** An empty installation: the company and its first administrator. */
export function Setup() {
  const t = useT();
  const navigate = useNavigate();
  const { data: state } = useQuery(q.setup);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [form, setForm] = useState({
    account: '',
    name: '',
    email: '',
    password: '',
    code: '',
    time_zone: zones().includes(here) ? here : 'America/Sao_Paulo',
  });
  const [choices] = useState(zoneChoices);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const wrong = fieldErrors(error);

  const set = (key: keyof typeof form) => (event: { currentTarget: { value: string } }) =>
    setForm({ ...form, [key]: event.currentTarget.value });

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      const { code, ...rest } = form;
      const me = await ok(api.POST('/api/v1/setup', { body: { ...rest, ...(code ? { code } : {}) } }));
      queryClient.clear();
      queryClient.setQueryData(q.me.queryKey, me);
      await navigate({ to: '/inicio' });
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="lg">
      <main className="lf">
        <div className="row g12 brand">
          <Logo />
          <span className="semi">{t('brand')}</span>
        </div>
        <form className="box wide" onSubmit={(event) => void submit(event)}>
          <h1>{t('setup.title')}</h1>
          <p className="sec">{t('setup.subtitle')}</p>
          <div className="col g16">
            <TextInput
              label={t('setup.company')}
              required
              withAsterisk={false}
              autoFocus
              value={form.account}
              error={wrong.account}
              onChange={set('account')}
            />
            <TextInput
              label={t('setup.name')}
              required
              withAsterisk={false}
              autoComplete="name"
              value={form.name}
              error={wrong.name}
              onChange={set('name')}
            />
            <TextInput
              label={t('login.email')}
              type="email"
              required
              withAsterisk={false}
              autoComplete="username"
              value={form.email}
              error={wrong.email}
              onChange={set('email')}
            />
            <PasswordInput
              label={t('login.password')}
              description={t('setup.passwordHint')}
              required
              withAsterisk={false}
              autoComplete="new-password"
              value={form.password}
              error={wrong.password}
              visibilityToggleButtonProps={{ 'aria-label': t('login.showPassword') }}
              onChange={set('password')}
            />
            <Select
              label={t('setup.zone')}
              searchable
              data={choices}
              value={form.time_zone}
              error={wrong.time_zone}
              onChange={(zone) => zone && setForm({ ...form, time_zone: zone })}
            />
            {state?.code_required && (
              <TextInput
                label={t('setup.code')}
                description={t('setup.codeHint')}
                required
                withAsterisk={false}
                value={form.code}
                error={wrong.code}
                onChange={set('code')}
              />
            )}
            <div role="alert" className={error ? 'loginerror' : ''}>
              {error ? errorText(error) : ''}
            </div>
            <Btn kind="primary" size="large" type="submit" busy={busy}>
              {t('setup.submit')}
            </Btn>
          </div>
        </form>
        <LanguagePicker />
      </main>
      <LoginSide />
    </div>
  );
}
