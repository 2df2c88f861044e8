import { IconCheck } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { uuid } from '@/api/client';
import { PhonePreview } from '@/features/templates/PhonePreview';
import { PriceLine } from '@/features/templates/PriceLine';
import { templateTitle } from '@/features/templates/TemplatePicker';
import { useT } from '@/i18n';
import { errorText } from '@/lib/errors';
import { callName, formatPhone } from '@/lib/phone';
import { ChannelIcon } from '@/ui/ChannelIcon';
import { Avatar, Btn, QueueName } from '@/ui/parts';
import type { StartWith } from './open';
import { StepBody } from './StepBody';
import { submitWizard } from './submit';
import { useWizard, whoName, type Step, type Wizard } from './useWizard';

export function StepByStep({ known, onDirty }: { known: StartWith; onDirty: (dirty: boolean) => void }) {
  const t = useT();
  const wizard = useWizard(known);
  const [key] = useState(uuid);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const main = useRef<HTMLDivElement>(null);
  const { step, steps } = wizard;
  const filled = wizard.params.values.length > 0;
  useEffect(() => onDirty(filled), [filled, onDirty]);

  // The focus goes where the next answer is wanted.
  useEffect(() => {
    const timer = setTimeout(
      () =>
        main.current
          ?.querySelector<HTMLElement>('input:not([type=hidden]):not([type=file]), button')
          ?.focus(),
      60,
    );
    return () => clearTimeout(timer);
  }, [step]);

  async function submit() {
    setBusy(true);
    setError(null);
    const failed = await submitWizard(wizard, key);
    setBusy(false);
    setError(failed);
  }

  const at = steps.indexOf(step);
  const last = wizard.kind === 'template' ? t('start.sendOnly') : t('start.submit');
  const name = wizard.who ? callName(whoName(wizard.who)) : '';
  return (
    <>
      <div className="split grow">
        <ol className="steps" aria-label={t('start.steps')}>
          {steps.map((s, i) => (
            <li key={s} className={s === step ? 'cur' : wizard.done[s] ? 'done' : ''}>
              <button
                type="button"
                disabled={!wizard.done[s] && i > steps.findIndex((x) => !wizard.done[x])}
                aria-current={s === step ? 'step' : undefined}
                onClick={() => wizard.go(s)}
              >
                <span className="sn">{wizard.done[s] && s !== step ? <IconCheck size={14} /> : i + 1}</span>
                <span className="st2">
                  <span className="sl">{t(`start.step.${s}`)}</span>
                  <span className="sv trunc">{chosen(s, wizard, t)}</span>
                </span>
              </button>
            </li>
          ))}
        </ol>
        <div className="smain scroll grow" ref={main}>
          <h3 className="shead">{t(`start.ask.${step}`)}</h3>
          <StepBody wizard={wizard} />
          {error !== null && (
            <div className="loginerror" role="alert">
              {errorText(error)}
            </div>
          )}
        </div>
        {wizard.template && (
          <div className="pvcol scroll">
            <PhonePreview template={wizard.template} given={wizard.params.given} name={name} />
          </div>
        )}
      </div>
      <div className="df">
        {wizard.template && wizard.connection && (
          <PriceLine template={wizard.template} connection={wizard.connection.id} />
        )}
        <span className="grow" />
        {at > 0 && <Btn onClick={() => wizard.go(steps[at - 1] ?? 'contact')}>{t('action.back')}</Btn>}
        <Btn
          kind="primary"
          busy={busy}
          reason={
            wizard.ready
              ? undefined
              : t('start.notReady', {
                  step: t(`start.step.${steps.find((s) => !wizard.done[s]) ?? 'confirm'}`),
                })
          }
          onClick={() => void submit()}
        >
          {last}
        </Btn>
      </div>
    </>
  );
}

function chosen(step: Step, w: Wizard, t: ReturnType<typeof useT>): ReactNode {
  switch (step) {
    case 'contact':
      return w.who ? (
        <>
          {'contact' in w.who && <Avatar id={w.who.contact.id} name={w.who.contact.name} size={18} />}
          {'contact' in w.who ? w.who.contact.name : formatPhone(w.who.phone)}
        </>
      ) : null;
    case 'kind':
      return w.done.kind && w.kind ? t(`start.kind.${w.kind}`) : null;
    case 'channel':
      return w.who && w.connection ? (
        <>
          <ChannelIcon kind={w.connection.kind} size={15} />
          {w.connection.name}
        </>
      ) : null;
    case 'queue':
      return w.who && w.queue ? <QueueName name={w.queue.name} c={w.queue.color} /> : null;
    case 'template':
      return w.template ? templateTitle(w.template.name) : null;
    case 'params':
      return w.template ? t('start.filled', { n: w.params.filled, of: w.params.list.length }) : null;
    case 'confirm':
      return t('start.review');
  }
}
