import { NumberInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { api, ok } from '@/api/client';
import { queryClient } from '@/api/query';
import { useT } from '@/i18n';
import { errorText, toast } from '@/lib/errors';
import type { Settings } from '@/lib/types';
import { Btn, Empty } from '@/ui/parts';
import { Skeleton } from '@/ui/Skeleton';
import { SwitchRow } from '@/ui/SwitchRow';
import { changes, useForm } from '@/ui/useForm';
import { settings } from '../queries';
import { HistoryBtn } from './HistoryBtn';
import { fieldsOf, groups, optionsOf, type Field, type Group, type Options } from './options';
import { SaveBar } from './SaveBar';

type Register = Awaited<ReturnType<NonNullable<typeof settings.queryFn>>>;

export function OptionsTab() {
  const t = useT();
  const { data, error, refetch } = useQuery(settings);
  if (error && !data)
    return (
      <Empty
        title={t('admin.failed')}
        text={errorText(error)}
        action={<Btn onClick={() => void refetch()}>{t('admin.retry')}</Btn>}
      />
    );
  if (!data)
    return (
      <div className="pbody col g16">
        {[300, 420, 360].map((w) => (
          <Skeleton key={w} w={w} h={16} />
        ))}
      </div>
    );
  const now = optionsOf(data.values);
  return <Form key={JSON.stringify(now)} data={data} now={now} />;
}

function Form({ data, now }: { data: Register; now: Options }) {
  const t = useT();
  const form = useForm(now, async (values, before) => {
    const body = changes(values, before) as Partial<Settings>;
    const next = await ok(api.PATCH('/api/v1/settings', { body }));
    queryClient.setQueryData(settings.queryKey, next);
    void queryClient.invalidateQueries({ queryKey: ['me'] });
    toast(t('admin.saved'));
  });
  return (
    <form className="col grow dform" noValidate onSubmit={form.submit}>
      <div className="pbody">
        <p className="sec x13 setgroup">{t('admin.settings.optionsText')}</p>
        {(Object.keys(groups) as Group[]).map((group) => (
          <section key={group} className="setgroup">
            <h2>{t(`admin.settings.group.${group}`)}</h2>
            <div className="card">
              {fieldsOf(group, data.register).map((field) => (
                <Option key={field.key} field={field} form={form} />
              ))}
            </div>
          </section>
        ))}
        <HistoryBtn
          noun="settings"
          load={(cursor) => ok(api.GET('/api/v1/settings/history', { params: { query: { cursor } } }))}
        />
      </div>
      <SaveBar form={form} />
    </form>
  );
}

function Option({
  field: { key, setting },
  form,
}: {
  field: Field;
  form: ReturnType<typeof useForm<Options>>;
}) {
  const t = useT();
  const id = useId();
  const label = t(`admin.setting.${key}.label`);
  const help = t(`admin.setting.${key}.help`);
  const value = form.values[key];
  if (typeof value === 'boolean')
    return (
      <SwitchRow
        label={label}
        help={help}
        checked={value}
        error={form.wrong[key]}
        onChange={(on) => form.set(key, on as never)}
      />
    );
  return (
    <div className="setnum">
      <div className="grow">
        <label htmlFor={id} className="med x13">
          {label}
        </label>
        <p id={`${id}-h`} className="mut x12">
          {help}
        </p>
      </div>
      <NumberInput
        id={id}
        aria-describedby={`${id}-h`}
        min={setting.min ?? 0}
        max={setting.max}
        allowDecimal={false}
        allowNegative={false}
        clampBehavior="blur"
        value={value}
        error={form.wrong[key]}
        onChange={(n) => form.set(key, Number(n) as never)}
      />
    </div>
  );
}
