import { MultiSelect, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok, uuid } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useCan } from '@/app/session';
import { useT } from '@/i18n';
import { toast } from '@/lib/errors';
import type { Team } from '@/lib/types';
import { changes, useForm } from '@/ui/useForm';
import { RecordDrawer } from '../RecordDrawer';

const refresh = () =>
  Promise.all(['teams', 'users', 'me'].map((key) => queryClient.invalidateQueries({ queryKey: [key] })));

/** D44: people, and the queues that all of them serve. */
export function TeamDrawer({ team, onClose }: { team?: Team; onClose: () => void }) {
  const t = useT();
  const can = useCan();
  const { data: users } = useQuery(q.users);
  const { data: queues } = useQuery(q.queues);
  const [key] = useState(uuid);
  const [start] = useState(() => ({
    name: team?.name ?? '',
    members: team?.members ?? [],
    queues: team?.queues ?? [],
    leader_id: team?.leader_id ?? null,
  }));
  const form = useForm(start, async (values, before) => {
    if (team)
      await ok(
        api.PATCH('/api/v1/teams/{id}', { params: { path: { id: team.id } }, body: changes(values, before) }),
      );
    else
      await ok(api.POST('/api/v1/teams', { params: { header: { 'Idempotency-Key': key } }, body: values }));
    await refresh();
    toast(t('admin.saved'));
    onClose();
  });
  const { values, set, patch, wrong } = form;
  const path = { path: { id: team?.id ?? '' } };
  const people = (users ?? [])
    .filter((u) => u.active || values.members.includes(u.id))
    .map((u) => ({ value: u.id, label: u.name }));
  return (
    <RecordDrawer
      title={team?.name ?? t('admin.team.add')}
      id={team?.id}
      noun="teams"
      form={form}
      editable={can('team.edit')}
      removal={
        can('team.delete') && team
          ? {
              title: t('admin.team.removeTitle', { name: team.name }),
              text: t('admin.team.removeText'),
              run: async () => {
                await ok(api.DELETE('/api/v1/teams/{id}', { params: path }));
                await refresh();
              },
            }
          : undefined
      }
      history={(cursor) =>
        ok(api.GET('/api/v1/teams/{id}/history', { params: { ...path, query: { cursor } } }))
      }
      onClose={onClose}
    >
      <TextInput
        label={t('admin.field.name')}
        required
        withAsterisk={false}
        maxLength={60}
        data-autofocus={!team || undefined}
        value={values.name}
        error={wrong.name}
        onChange={(e) => set('name', e.currentTarget.value)}
      />
      <MultiSelect
        label={t('admin.field.members')}
        searchable
        clearable
        data={people}
        value={values.members}
        error={wrong.members}
        nothingFoundMessage={t('admin.nothing')}
        clearButtonProps={{ 'aria-label': t('admin.clear') }}
        onChange={(members) =>
          patch({
            members,
            ...(values.leader_id && !members.includes(values.leader_id) ? { leader_id: null } : {}),
          })
        }
      />
      <MultiSelect
        label={t('admin.field.queues')}
        description={t('admin.team.queuesHint')}
        searchable
        clearable
        data={(queues ?? []).map((one) => ({ value: one.id, label: one.name }))}
        value={values.queues}
        error={wrong.queues}
        nothingFoundMessage={t('admin.nothing')}
        clearButtonProps={{ 'aria-label': t('admin.clear') }}
        onChange={(list) => set('queues', list)}
      />
      <Select
        label={t('admin.field.leader_id')}
        description={t('admin.team.leaderHint')}
        clearable
        data={people.filter((p) => values.members.includes(p.value))}
        value={values.leader_id}
        error={wrong.leader_id}
        clearButtonProps={{ 'aria-label': t('admin.clear') }}
        onChange={(id) => set('leader_id', id)}
      />
    </RecordDrawer>
  );
}
