import { Drawer, SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import { useT } from '@/i18n';
import { FullForm } from './FullForm';
import { closeStart, type StartWith } from './open';
import { StepByStep } from './StepByStep';
import './start.css';

/** Novo atendimento: step by step, or the whole form. */
export function StartPanel({ known }: { known: StartWith }) {
  const t = useT();
  const phone = useMediaQuery('(max-width: 767px)');
  const [tab, setTab] = useState('steps');
  const [seen, setSeen] = useState(false);
  const [steps, setSteps] = useState(false);
  const [form, setForm] = useState(false);
  const close = () => {
    if (!(steps || form) || confirm(t('start.leave'))) closeStart();
  };
  // Both keep what was filled while the other is looked at.
  const shown = (name: string) => ({ display: tab === name ? 'contents' : 'none' });
  return (
    <Drawer
      opened
      onClose={close}
      size={phone ? '100%' : 1000}
      className="drawer-root start"
      title={
        <span className="row g16">
          <span className="grow">{t('start.title')}</span>
          <SegmentedControl
            size="sm"
            aria-label={t('start.mode')}
            value={tab}
            onChange={(next) => {
              setTab(next);
              setSeen(true);
            }}
            data={[
              { value: 'steps', label: t('start.steps') },
              { value: 'form', label: t('start.form') },
            ]}
          />
        </span>
      }
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div style={shown('steps')}>
        <StepByStep known={known} onDirty={setSteps} />
      </div>
      {seen && (
        <div style={shown('form')}>
          <FullForm known={known} onDirty={setForm} />
        </div>
      )}
    </Drawer>
  );
}
