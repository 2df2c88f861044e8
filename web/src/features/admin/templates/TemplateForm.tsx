import { NumberInput, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api, ApiError, ok, uuid } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useMe } from '@/app/session';
import { i18n, useT } from '@/i18n';
import { codeText, toast } from '@/lib/errors';
import { time } from '@/lib/format';
import { languageName } from '@/lib/languages';
import { FormDrawer } from '@/ui/FormDrawer';
import { PhoneFrame } from '@/ui/PhoneFrame';
import { Segments } from '@/ui/Segments';
import { SwitchRow } from '@/ui/SwitchRow';
import { TemplateCard } from '@/ui/TemplateCard';
import { useForm } from '@/ui/useForm';
import { ButtonsEditor } from './ButtonsEditor';
import { check, type Faults } from './check';
import { bodyOf, cleanName, componentsOf, emptyDraft, limits, type Draft } from './draft';
import { sampleOf } from './sample';
import { VariableText } from './VariableText';
import { metaWord, templateLanguages, written } from './words';

interface Props {
  onClose: () => void;
  onMade: (id: string) => void;
}

class Unfinished extends Error {}

/** A new template, as it will look, checked against the rules of Meta. */
export function TemplateForm({ onClose, onMade }: Props) {
  const t = useT();
  const me = useMe();
  const { data: connections } = useQuery(q.connections);
  const lines = (connections ?? []).filter((c) => c.capabilities.templates && c.active);
  const [key] = useState(uuid);
  const [tried, setTried] = useState(false);
  const [start] = useState(() =>
    emptyDraft(
      (lines.find((c) => c.default) ?? lines[0])?.id ?? '',
      { en: 'en_US', es: 'es' }[i18n.language as 'en'] ?? 'pt_BR',
    ),
  );
  const form = useForm<Draft>(start, async (values) => {
    setTried(true);
    if (Object.keys(check(values)).length > 0) throw new Unfinished();
    const made = await ok(
      api.POST('/api/v1/templates', { params: { header: { 'Idempotency-Key': key } }, body: bodyOf(values) }),
    );
    await queryClient.invalidateQueries({ queryKey: ['templates'] });
    toast(t('admin.template.submitted'));
    onMade(made.id);
  });
  const { values, set } = form;
  const wrong = useWrong(values, form.error, tried);
  const { components, places } = useMemo(() => componentsOf(values), [values]);
  const auth = values.category === 'AUTHENTICATION';
  const at = (part: keyof typeof places) => `components[${places[part] ?? 0}]`;
  const shown = {
    ...form,
    general:
      form.error instanceof Unfinished
        ? t('admin.template.unfinished')
        : form.error instanceof ApiError && form.error.fields.length === 0
          ? form.general
          : '',
  };

  return (
    <FormDrawer
      title={t('admin.template.add')}
      size={920}
      form={shown}
      save={t('admin.template.submit')}
      fresh
      note={<span className="mut x12 phone-hide">{t('admin.template.review')}</span>}
      onClose={onClose}
    >
      <div className="tview">
        <div className="col g16 grow">
          <div className="two">
            <TextInput
              label={t('admin.template.name')}
              description={t('admin.template.nameHint')}
              required
              withAsterisk={false}
              data-autofocus
              maxLength={limits.name}
              autoComplete="off"
              spellCheck={false}
              value={values.name}
              error={wrong('name')}
              onChange={(e) => set('name', cleanName(e.currentTarget.value))}
            />
            <Select
              label={t('admin.connection.one')}
              description={t('admin.template.connectionHint')}
              data={lines.map((c) => ({ value: c.id, label: c.name }))}
              allowDeselect={false}
              value={values.connection_id}
              error={wrong('connection_id')}
              onChange={(id) => id && set('connection_id', id)}
            />
          </div>
          <div className="two">
            <Select
              label={t('admin.template.categoryHead')}
              data={(['UTILITY', 'MARKETING', 'AUTHENTICATION'] as const).map((code) => ({
                value: code,
                label: metaWord('category', code),
              }))}
              allowDeselect={false}
              value={values.category}
              error={wrong('category')}
              onChange={(code) => code && set('category', code as Draft['category'])}
            />
            <Select
              label={t('admin.template.language')}
              searchable
              data={templateLanguages.map((code) => ({ value: code, label: languageName(code) }))}
              allowDeselect={false}
              value={values.language}
              error={wrong('language')}
              nothingFoundMessage={t('admin.nothing')}
              onChange={(code) => code && set('language', code)}
            />
          </div>
          <p className="help tcat">{t(`admin.template.categoryHelp.${values.category}`)}</p>
          {auth ? (
            <>
              <p className="infobox">{t('admin.template.authText')}</p>
              <SwitchRow
                label={t('admin.template.security')}
                help={t('admin.template.authSecurity')}
                checked={values.security}
                onChange={(on) => set('security', on)}
              />
              <NumberInput
                label={t('admin.template.minutes')}
                min={1}
                max={limits.minutes}
                allowDecimal={false}
                value={values.minutes}
                error={wrong(`${at('footer')}.code_expiration_minutes`)}
                onChange={(n) => set('minutes', Number(n))}
              />
            </>
          ) : (
            <>
              <div role="group" aria-label={t('admin.template.header')}>
                <div className="lab">{t('admin.template.header')}</div>
                <Segments
                  label={t('admin.template.header')}
                  value={values.header}
                  onChange={(header) => set('header', header)}
                  items={(['none', 'text', 'location'] as const).map((kind) => ({
                    key: kind,
                    label: t(`admin.template.headerKind.${kind}`),
                  }))}
                />
              </div>
              {values.header === 'text' && (
                <VariableText
                  part="header"
                  label={t('admin.template.headerText')}
                  max={limits.header}
                  value={values.headerText}
                  examples={values.examples}
                  error={wrong(`${at('header')}.text`)}
                  exampleError={wrong(`${at('header')}.example`)}
                  onChange={(text) => set('headerText', text)}
                  onExamples={(examples) => set('examples', examples)}
                />
              )}
              <VariableText
                part="body"
                multiline
                label={t('admin.template.body')}
                help={t('admin.template.bodyHint', written)}
                max={limits.body}
                value={values.body}
                examples={values.examples}
                error={wrong(`${at('body')}.text`)}
                exampleError={wrong(`${at('body')}.example`)}
                onChange={(text) => set('body', text)}
                onExamples={(examples) => set('examples', examples)}
              />
              <VariableText
                label={t('admin.template.footer')}
                max={limits.footer}
                value={values.footer}
                examples={{}}
                error={wrong(`${at('footer')}.text`, places.footer === undefined)}
                onChange={(text) => set('footer', text)}
              />
              <ButtonsEditor
                buttons={values.buttons}
                place={`${at('buttons')}.buttons`}
                wrong={wrong}
                onChange={(buttons) => set('buttons', buttons)}
              />
            </>
          )}
        </div>
        <figure className="tphone sticky">
          <figcaption className="x12 mut">{t('admin.template.asSeen')}</figcaption>
          <PhoneFrame business={me.account.name} subtitle={t('admin.template.business')}>
            <div className="pad" aria-live="off">
              {auth || values.body || values.headerText || values.footer || values.buttons.length > 0 ? (
                <TemplateCard content={sampleOf(components)} time={time(Date.now())} />
              ) : (
                <p className="mut x13">{t('admin.template.previewEmpty')}</p>
              )}
            </div>
          </PhoneFrame>
        </figure>
      </div>
    </FormDrawer>
  );
}

/** The words for what is wrong at a place: found here, or said by the server. */
function useWrong(values: Draft, error: unknown, tried: boolean) {
  const t = useT();
  const faults: Faults = useMemo(() => check(values), [values]);
  return (place: string, absent = false): string | undefined => {
    if (absent) return undefined;
    const rule = faults[place];
    // What is only missing is said when somebody tries to send.
    if (rule && (tried || (rule !== 'required' && rule !== 'example')))
      return t(`admin.template.rule.${rule}`, written);
    if (!(error instanceof ApiError)) return undefined;
    const said = error.fields.find((field) => field.location.replace(/^body\./, '') === place);
    if (!said) return error.code === 'template_taken' && place === 'name' ? codeText(error.code) : undefined;
    const key = `admin.template.rule.${String(said.params?.rule ?? '')}`;
    return i18n.exists(key)
      ? i18n.t(key as 'admin.template.rule.variable_syntax', written)
      : codeText(said.code, said.params);
  };
}
