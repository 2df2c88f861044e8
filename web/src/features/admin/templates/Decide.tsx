import { useState } from 'react';
import { api, ok } from '@/api/client';
import { queryClient } from '@/api/query';
import { useT } from '@/i18n';
import { toast, toastError } from '@/lib/errors';
import type { Template } from '@/lib/types';
import { Btn } from '@/ui/parts';

const answers = [
  { status: 'APPROVED', label: 'approve' },
  { status: 'REJECTED', label: 'reject', reason: 'INVALID_FORMAT' },
  { status: 'PAUSED', label: 'pause' },
] as const;

/** At a simulated connection the person decides what Meta would. */
export function Decide({ template }: { template: Template }) {
  const t = useT();
  const [busy, setBusy] = useState('');

  async function decide({ status, ...more }: (typeof answers)[number]) {
    setBusy(status);
    try {
      const body = { status, ...('reason' in more ? { reason: more.reason } : {}) };
      await ok(api.PATCH('/api/v1/sandbox/templates/{id}', { params: { path: { id: template.id } }, body }));
      toast(t('admin.template.decided'));
      setTimeout(() => void queryClient.invalidateQueries({ queryKey: ['templates'] }), 600);
    } catch (refusal) {
      toastError(refusal);
    } finally {
      setBusy('');
    }
  }

  return (
    <div className="once" role="group" aria-label={t('admin.template.decide')}>
      <span className="med x13">{t('admin.template.decide')}</span>
      <div className="row g8 wrap">
        {answers
          .filter((one) => one.status !== template.status)
          .map((one) => (
            <Btn key={one.status} size="small" busy={busy === one.status} onClick={() => void decide(one)}>
              {t(`admin.template.${one.label}`)}
            </Btn>
          ))}
      </div>
    </div>
  );
}
