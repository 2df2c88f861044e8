import { useState, type FormEvent } from 'react';
import { useMe } from '@/app/session';
import { openStart } from '@/features/start/open';
import { useT } from '@/i18n';
import { looksLikePhone, withDDI } from '@/lib/phone';
import { Btn } from '@/ui/parts';

/** B2: a number and Conversar. */
export function NumberField() {
  const t = useT();
  const me = useMe();
  const [phone, setPhone] = useState('');
  const [ddi, setDdi] = useState(me.account.default_ddi || '55');
  const [wrong, setWrong] = useState(false);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!looksLikePhone(phone)) {
      setWrong(true);
      return;
    }
    openStart({ phone: withDDI(phone, ddi) });
    setPhone('');
  }

  return (
    <form className="lfoot" onSubmit={submit}>
      <div className={`inp grow${wrong ? ' err' : ''}`}>
        <label className="ddi num">
          {'+'}
          <input
            aria-label={t('list.ddi')}
            className="bare"
            inputMode="numeric"
            maxLength={3}
            size={Math.max(1, ddi.length)}
            value={ddi}
            onChange={(event) => setDdi(event.currentTarget.value.replace(/\D/g, ''))}
          />
        </label>
        <input
          className="bare grow num"
          type="tel"
          aria-label={t('list.phone')}
          aria-invalid={wrong || undefined}
          aria-describedby={wrong ? 'numero-erro' : undefined}
          placeholder={t('list.phoneExample')}
          value={phone}
          onChange={(event) => {
            setPhone(event.currentTarget.value);
            setWrong(false);
          }}
        />
      </div>
      <Btn kind="light" type="submit">
        {t('list.talk')}
      </Btn>
      {wrong && (
        <p id="numero-erro" className="help err" role="alert">
          {t('error.invalid_phone')}
        </p>
      )}
    </form>
  );
}
