import { Checkbox, Modal, PasswordInput, Select, TextInput } from '@mantine/core';
import { IconLanguage } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { api, ApiError, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { i18n, languages, setLanguage, useT, type Language } from '@/i18n';
import { errorText } from '@/lib/errors';
import { Btn, Logo } from '@/ui/parts';
import { LoginSide } from './LoginSide';
import './login.css';

interface Company {
  id: string;
  name: string;
}

export function Login() {
  const t = useT();
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/entrar' });
  const { data: setup } = useQuery(q.setup);
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [remember, setRemember] = useState(true);
  const [companies, setCompanies] = useState<Company[]>([]);
  const [company, setCompany] = useState<string | null>(null);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [forgot, setForgot] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError('');
    try {
      const body = { email: email.trim(), password, remember, ...(company ? { account_id: company } : {}) };
      const me = await ok(api.POST('/api/v1/session', { body }));
      queryClient.clear();
      queryClient.setQueryData(q.me.queryKey, me);
      await navigate({ to: next ?? '/atendimentos' });
    } catch (refusal) {
      if (refusal instanceof ApiError && refusal.code === 'account_required') {
        const found = (refusal.params.accounts ?? []) as Company[];
        setCompanies(found);
        setCompany(found[0]?.id ?? null);
      }
      setError(errorText(refusal));
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
        <form className="box" onSubmit={(event) => void submit(event)}>
          <h1>{t('login.title')}</h1>
          <p className="sec">{t('login.subtitle')}</p>
          <div className="col g16">
            <TextInput
              label={t('login.email')}
              type="email"
              autoComplete="username"
              required
              withAsterisk={false}
              value={email}
              autoFocus
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <div className="passline">
              <PasswordInput
                label={t('login.password')}
                autoComplete="current-password"
                required
                withAsterisk={false}
                value={password}
                visibilityToggleButtonProps={{ 'aria-label': t('login.showPassword') }}
                onChange={(event) => setPassword(event.currentTarget.value)}
              />
              <button type="button" className="link x13" onClick={() => setForgot(true)}>
                {t('login.forgot')}
              </button>
            </div>
            {companies.length > 0 && (
              <Select
                label={t('login.company')}
                data={companies.map((c) => ({ value: c.id, label: c.name }))}
                value={company}
                onChange={setCompany}
              />
            )}
            <Checkbox
              label={t('login.remember')}
              checked={remember}
              onChange={(event) => setRemember(event.currentTarget.checked)}
            />
            <div role="alert" className={error ? 'loginerror' : ''}>
              {error}
            </div>
            <Btn kind="primary" size="large" type="submit" busy={busy}>
              {t('login.submit')}
            </Btn>
          </div>
          {setup?.demo && <p className="demo">{t('login.demo')}</p>}
        </form>
        <LanguagePicker />
      </main>
      <LoginSide />
      <Modal
        opened={forgot}
        onClose={() => setForgot(false)}
        title={t('login.forgotTitle')}
        size={420}
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <p className="sec x13">{t('login.forgotText')}</p>
        <div className="row modalfoot">
          <Btn kind="primary" onClick={() => setForgot(false)}>
            {t('action.understood')}
          </Btn>
        </div>
      </Modal>
    </div>
  );
}

export function LanguagePicker() {
  const t = useT();
  return (
    <Select
      className="langs"
      aria-label={t('login.language')}
      leftSection={<IconLanguage size={16} />}
      variant="unstyled"
      data={languages.map((code) => ({ value: code, label: t(`language.${code}`) }))}
      value={i18n.language}
      onChange={(code) => code && void setLanguage(code as Language)}
    />
  );
}
