import { IconInfoCircle, IconMessage2, IconTemplate } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ParamsForm } from '@/features/templates/ParamsForm';
import { ChosenTemplate } from '@/features/templates/ChosenTemplate';
import { TemplatePicker } from '@/features/templates/TemplatePicker';
import { useT } from '@/i18n';
import { formatPhone } from '@/lib/phone';
import { ChannelIcon } from '@/ui/ChannelIcon';
import { Dot } from '@/ui/parts';
import { ContactPicker } from './ContactPicker';
import type { Wizard } from './useWizard';

export function StepBody({ wizard: w }: { wizard: Wizard }) {
  const t = useT();
  switch (w.step) {
    case 'contact':
      return <ContactPicker who={w.who} onChoose={w.choose.who} onNext={w.next} />;
    case 'kind':
      return (
        <div className="opts">
          <Option
            on={w.kind === 'ticket'}
            icon={<IconMessage2 size={20} />}
            title={t('start.kind.ticket')}
            text={t('start.kindText.ticket')}
            onClick={() => w.choose.kind('ticket')}
          />
          {w.canLoose && (
            <Option
              on={w.kind === 'template'}
              icon={<IconTemplate size={20} />}
              title={t('start.kind.template')}
              text={t('start.kindText.template')}
              onClick={() => w.choose.kind('template')}
            />
          )}
        </div>
      );
    case 'channel':
      return (
        <div className="opts">
          {w.connections?.map((c) => (
            <Option
              key={c.id}
              on={c.id === w.connection?.id}
              icon={<ChannelIcon kind={c.kind} size={20} />}
              title={c.name}
              text={[formatPhone(c.identifier), c.simulated ? t('connection.simulated') : '']
                .filter(Boolean)
                .join(' · ')}
              onClick={() => w.choose.connection(c.id)}
            />
          ))}
          {w.connections?.length === 0 && (
            <p className="infobox">
              <IconInfoCircle size={18} />
              {t('start.noChannel')}
            </p>
          )}
        </div>
      );
    case 'queue':
      return (
        <div className="opts">
          {w.queues.map((x) => (
            <Option
              key={x.id}
              on={x.id === w.queue?.id}
              icon={<Dot c={x.color} />}
              title={x.name}
              onClick={() => w.choose.queue(x.id)}
            />
          ))}
          {w.queues.length === 0 && (
            <p className="infobox">
              <IconInfoCircle size={18} />
              {t('error.no_queue')}
            </p>
          )}
        </div>
      );
    case 'template':
      return (
        <TemplatePicker
          templates={w.templates}
          chosen={w.template?.id ?? null}
          onChoose={(x) => w.choose.template(x.id)}
        />
      );
    case 'params':
      return w.template ? (
        <div className="col g16">
          <ChosenTemplate template={w.template} onChange={() => w.go('template')} />
          <p className="sec x13">{t('start.fixedText')}</p>
          <ParamsForm template={w.template} params={w.params} />
          <Outcome wizard={w} />
        </div>
      ) : null;
    case 'confirm':
      return <Outcome wizard={w} />;
  }
}

function Outcome({ wizard: w }: { wizard: Wizard }) {
  const t = useT();
  if (w.kind === 'template')
    return (
      <p className="infobox">
        <IconInfoCircle size={18} />
        {t('start.outcome.template')}
      </p>
    );
  return (
    <p className="infobox">
      <IconInfoCircle size={18} />
      {t(w.needsTemplate ? 'start.outcome.locked' : 'start.outcome.open', { queue: w.queue?.name ?? '' })}
    </p>
  );
}

function Option({
  on,
  icon,
  title,
  text,
  onClick,
}: {
  on: boolean;
  icon: ReactNode;
  title: string;
  text?: string;
  onClick: () => void;
}) {
  return (
    <button type="button" className="opt" aria-pressed={on} onClick={onClick}>
      <span className="oi">{icon}</span>
      <span className="col">
        <span className="med">{title}</span>
        {text && <span className="x13 sec">{text}</span>}
      </span>
    </button>
  );
}
