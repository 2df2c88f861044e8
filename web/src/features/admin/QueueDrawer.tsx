import { NumberInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok, uuid } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useCan } from '@/app/session';
import { useT } from '@/i18n';
import { toast } from '@/lib/errors';
import type { Queue } from '@/lib/types';
import { ColorField } from '@/ui/ColorField';
import { freeColor } from '@/ui/palette';
import { Dot } from '@/ui/parts';
import { SwitchRow } from '@/ui/SwitchRow';
import { changes, useForm, without } from '@/ui/useForm';
import { RecordDrawer } from './RecordDrawer';

export function QueueDrawer({ queue, onClose }: { queue?: Queue; onClose: () => void }) {
  const t = useT();
  const can = useCan();
  const { data: queues } = useQuery(q.queues);
  const [key] = useState(uuid);
  const [start] = useState(() => ({
    name: queue?.name ?? '',
    color: queue?.color ?? freeColor(queues?.map((one) => one.color) ?? []),
    position: queue?.position ?? Math.max(0, ...(queues ?? []).map((one) => one.position)) + 1,
    active: queue?.active ?? true,
  }));
  const form = useForm(start, async (values, before) => {
    if (queue)
      await ok(
        api.PATCH('/api/v1/queues/{id}', {
          params: { path: { id: queue.id } },
          body: changes(values, before),
        }),
      );
    else {
      const body = without(values, 'active');
      await ok(api.POST('/api/v1/queues', { params: { header: { 'Idempotency-Key': key } }, body }));
    }
    await queryClient.invalidateQueries({ queryKey: ['queues'] });
    toast(t('admin.saved'));
    onClose();
  });
  const { values, set, wrong } = form;
  const path = { path: { id: queue?.id ?? '' } };
  return (
    <RecordDrawer
      title={queue?.name ?? t('admin.queue.add')}
      icon={<Dot c={values.color} />}
      id={queue?.id}
      noun="queues"
      form={form}
      editable={can('queue.edit')}
      removal={
        can('queue.delete') && queue
          ? {
              title: t('admin.queue.removeTitle', { name: queue.name }),
              text: t('admin.queue.removeText'),
              run: async () => {
                await ok(api.DELETE('/api/v1/queues/{id}', { params: path }));
                await queryClient.invalidateQueries({ queryKey: ['queues'] });
              },
            }
          : undefined
      }
      history={(cursor) =>
        ok(api.GET('/api/v1/queues/{id}/history', { params: { ...path, query: { cursor } } }))
      }
      onClose={onClose}
    >
      <TextInput
        label={t('admin.field.name')}
        description={t('admin.queue.nameHint')}
        required
        withAsterisk={false}
        maxLength={60}
        data-autofocus={!queue || undefined}
        value={values.name}
        error={wrong.name}
        onChange={(e) => set('name', e.currentTarget.value)}
      />
      <ColorField value={values.color} error={wrong.color} onChange={(color) => set('color', color)} />
      <NumberInput
        label={t('admin.queue.position')}
        description={t('admin.queue.positionHint')}
        min={1}
        max={10_000}
        allowDecimal={false}
        value={values.position}
        error={wrong.position}
        onChange={(n) => set('position', Number(n) || 1)}
      />
      {queue && (
        <SwitchRow
          label={t('admin.active')}
          help={t('admin.queue.activeHelp')}
          checked={values.active}
          error={wrong.active}
          onChange={(on) => set('active', on)}
        />
      )}
    </RecordDrawer>
  );
}
