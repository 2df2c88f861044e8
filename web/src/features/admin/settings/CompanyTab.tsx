import { Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useT } from '@/i18n';
import { toast } from '@/lib/errors';
import { zoneChoices } from '@/lib/zones';
import { Skeleton } from '@/ui/Skeleton';
import { changes, useForm } from '@/ui/useForm';
import { HistoryBtn } from './HistoryBtn';
import { SaveBar } from './SaveBar';

interface Company {
  name: string;
  time_zone: string;
  default_ddi: string;
}

export function CompanyTab() {
  const { data } = useQuery(q.account);
  if (!data)
    return (
      <div className="pbody">
        <Skeleton w={320} h={36} />
      </div>
    );
  const { name, time_zone, default_ddi } = data;
  return <CompanyForm key={name + time_zone + default_ddi} company={{ name, time_zone, default_ddi }} />;
}

function CompanyForm({ company }: { company: Company }) {
  const t = useT();
  const form = useForm(company, async (values, before) => {
    const account = await ok(api.PATCH('/api/v1/account', { body: changes(values, before) }));
    queryClient.setQueryData(q.account.queryKey, account);
    void queryClient.invalidateQueries({ queryKey: ['me'] });
    toast(t('admin.saved'));
  });
  const { values, set, wrong } = form;
  const [choices] = useState(zoneChoices);
  return (
    <form className="col grow dform" noValidate onSubmit={form.submit}>
      <div className="pbody">
        <div className="setgroup col g16">
          <TextInput
            label={t('admin.settings.companyName')}
            description={t('admin.settings.companyNameHint')}
            required
            withAsterisk={false}
            maxLength={60}
            value={values.name}
            error={wrong.name}
            onChange={(e) => set('name', e.currentTarget.value)}
          />
          <Select
            label={t('admin.field.time_zone')}
            description={t('admin.settings.zoneHint')}
            searchable
            allowDeselect={false}
            data={choices}
            value={values.time_zone}
            error={wrong.time_zone}
            nothingFoundMessage={t('admin.nothing')}
            onChange={(zone) => zone && set('time_zone', zone)}
          />
          <TextInput
            label={t('admin.field.default_ddi')}
            description={t('admin.settings.ddiHint')}
            inputMode="numeric"
            maxLength={3}
            leftSection={'+'}
            value={values.default_ddi}
            error={wrong.default_ddi}
            onChange={(e) => set('default_ddi', e.currentTarget.value.replace(/\D/g, ''))}
          />
          <div>
            <HistoryBtn
              noun="account"
              load={(cursor) => ok(api.GET('/api/v1/account/history', { params: { query: { cursor } } }))}
            />
          </div>
        </div>
      </div>
      <SaveBar form={form} />
    </form>
  );
}
