import { NumberInput, TextInput } from '@mantine/core';
import { IconInfoCircle, IconPhoto, IconUser, IconX } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useT } from '@/i18n';
import { codeText, toastError } from '@/lib/errors';
import { bytes, number } from '@/lib/format';
import { uploadMedia } from '@/lib/sending';
import type { Placeholder, Template } from '@/lib/types';
import { Btn, IconBtn } from '@/ui/parts';
import { longest } from './placeholders';
import type { Params } from './useParams';
import { keyOf, lengthOf, type Given } from './values';

const accepted: Record<string, string> = {
  image: 'image/jpeg,image/png',
  video: 'video/mp4,video/3gpp',
  document: '*',
};

export function ParamsForm({ template, params }: { template: Template; params: Params }) {
  const t = useT();
  const [touched, setTouched] = useState<Set<string>>(new Set());
  const body = lengthOf(template, 'body', params.given);
  const header = lengthOf(template, 'header', params.given);
  const whole = params.result?.faults.find((f) => f.code === 'too_long' && f.value === undefined);
  return (
    <div className="col g16">
      {params.list.map((p) => {
        const key = keyOf(p);
        const fault = params.result?.faults.find((f) => keyOf(f.placeholder) === key);
        const show = fault && (fault.code !== 'required' || touched.has(key));
        return (
          <Field
            key={key}
            p={p}
            given={params.given[key] ?? {}}
            own={params.fromContact.has(key)}
            error={show ? codeText(fault.code, fault.params) : undefined}
            header={header}
            onBlur={() => setTouched(new Set(touched).add(key))}
            onChange={(value) => params.set(key, value)}
          />
        );
      })}
      {params.list.length === 0 && (
        <p className="infobox">
          <IconInfoCircle size={18} />
          {t('template.noParams', { name: template.name })}
        </p>
      )}
      {params.list.some((p) => p.component === 'body') && (
        <p className={`x12 num ${body > longest.body ? 'badtext' : 'mut'}`}>
          {t('template.whole', { used: number(body), max: number(longest.body) })}
        </p>
      )}
      {whole && (
        <p className="help err" role="alert">
          {t('template.tooLong', { max: Number(whole.params.max) })}
        </p>
      )}
    </div>
  );
}

interface FieldProps {
  p: Placeholder;
  given: Given;
  own: boolean;
  error: string | undefined;
  /** Characters of the whole header. */
  header: number;
  onBlur: () => void;
  onChange: (value: Given) => void;
}

function Field({ p, given, own, error, header, onBlur, onChange }: FieldProps) {
  const t = useT();
  if (p.kind === 'image' || p.kind === 'video' || p.kind === 'document')
    return <FileField p={p} given={given} onChange={onChange} />;
  if (p.kind === 'location')
    return (
      <fieldset className="two plain">
        <legend className="lab">{t('template.headerLocation')}</legend>
        <NumberInput
          label={t('field.latitude')}
          decimalScale={6}
          hideControls
          value={given.location?.latitude ?? ''}
          error={error}
          onBlur={onBlur}
          onChange={(v) => onChange({ location: { ...given.location, latitude: Number(v) } })}
        />
        <NumberInput
          label={t('field.longitude')}
          decimalScale={6}
          hideControls
          value={given.location?.longitude ?? ''}
          onChange={(v) => onChange({ location: { ...given.location, longitude: Number(v) } })}
        />
        <TextInput
          label={t('field.placeName')}
          value={given.location?.name ?? ''}
          onChange={(e) => onChange({ location: { ...given.location, name: e.currentTarget.value } })}
        />
        <TextInput
          label={t('field.address')}
          value={given.location?.address ?? ''}
          onChange={(e) => onChange({ location: { ...given.location, address: e.currentTarget.value } })}
        />
      </fieldset>
    );
  const text = given.text ?? '';
  const name = p.name ?? '';
  const plain = /^\d*$/.test(name);
  const label =
    p.component === 'button'
      ? t(p.kind === 'coupon_code' ? 'template.coupon' : 'template.buttonUrl', { label: p.label ?? '' })
      : plain
        ? p.example
          ? t('template.paramExample', { n: name, example: p.example })
          : t('template.param', { n: name })
        : name;
  return (
    <div className="pfield">
      <TextInput
        label={
          <span className="row g8">
            {label}
            {p.component !== 'button' && <code className="mut">{`{{${name}}}`}</code>}
            <span className="grow" />
            {own && (
              <span className="chip xs acc">
                <IconUser size={12} />
                {t('template.fromContact')}
              </span>
            )}
            {p.component === 'header' && (
              <span className={`x12 num ${header > longest.header ? 'badtext' : 'mut'}`}>
                {`${header} / ${longest.header}`}
              </span>
            )}
          </span>
        }
        placeholder={p.example ? t('template.example', { example: p.example }) : undefined}
        value={text}
        error={error}
        onBlur={onBlur}
        onChange={(event) => onChange({ text: event.currentTarget.value })}
      />
    </div>
  );
}

function FileField({
  p,
  given,
  onChange,
}: {
  p: Placeholder;
  given: Given;
  onChange: (value: Given) => void;
}) {
  const t = useT();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  async function pick(file: File | undefined) {
    if (!file) return;
    setBusy(true);
    try {
      const media = await uploadMedia(file, file.name, p.kind);
      onChange({ media, ...(p.kind === 'image' ? { url: URL.createObjectURL(file) } : {}) });
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <div>
      <div className="lab">
        {t(
          p.kind === 'image'
            ? 'template.headerImage'
            : p.kind === 'video'
              ? 'template.headerVideo'
              : 'template.headerDocument',
        )}
      </div>
      <div className="dropline">
        {given.media ? (
          <>
            {given.url ? <img src={given.url} alt="" width={44} height={44} /> : <IconPhoto size={22} />}
            <span className="grow trunc">
              <b className="med x13">{given.media.name}</b>
              <span className="mut x12 blk">{bytes(given.media.size)}</span>
            </span>
            <IconBtn label={t('action.remove')} onClick={() => onChange({})}>
              <IconX size={16} />
            </IconBtn>
          </>
        ) : (
          <Btn size="small" busy={busy} onClick={() => input.current?.click()}>
            {t('action.chooseFile')}
          </Btn>
        )}
        <input
          ref={input}
          type="file"
          hidden
          accept={accepted[p.kind]}
          onChange={(e) => void pick(e.currentTarget.files?.[0])}
        />
      </div>
    </div>
  );
}
