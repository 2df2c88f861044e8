import { Textarea, TextInput } from '@mantine/core';
import { useRef } from 'react';
import { useT } from '@/i18n';
import { Btn } from '@/ui/parts';
import { count, nextVariable, variables } from './draft';

interface Props {
  /** With variables: whose samples these are. */
  part?: 'header' | 'body';
  label: string;
  help?: string;
  max: number;
  multiline?: boolean;
  value: string;
  examples: Record<string, string>;
  error: string | undefined;
  exampleError?: string | undefined;
  onChange: (text: string) => void;
  onExamples?: (examples: Record<string, string>) => void;
}

/** A text of a template, its counter, and a sample for each variable. */
export function VariableText(props: Props) {
  const { part, label, help, max, multiline, value, examples, error, exampleError, onChange, onExamples } =
    props;
  const t = useT();
  const field = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
  const used = count(value);
  const names = part ? variables(value) : [];

  function insert() {
    const at = field.current?.selectionStart ?? value.length;
    const piece = nextVariable(value);
    onChange(value.slice(0, at) + piece + value.slice(field.current?.selectionEnd ?? at));
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(at + piece.length, at + piece.length);
    });
  }

  const common = {
    ref: field,
    label,
    description: help,
    value,
    error,
    onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value),
  };
  return (
    <div className="col g8">
      {multiline ? <Textarea {...common} autosize minRows={4} maxRows={14} /> : <TextInput {...common} />}
      <div className="row g8">
        {part && (part === 'body' || names.length === 0) && (
          <Btn size="small" kind="ghost" className="gen" onClick={insert}>
            {t('admin.template.insert')}
          </Btn>
        )}
        <span className="grow" />
        <span className={`x12 num ${used > max ? 'badtext' : 'mut'}`}>
          {t('admin.template.counter', { used, max })}
        </span>
      </div>
      {names.length > 0 && (
        <div className="samples" role="group" aria-label={t('admin.template.samples')}>
          <div className="x12 mut">{t('admin.template.samplesHint')}</div>
          {names.map((name) => {
            const key = `${part ?? ''}.${name}`;
            return (
              <label key={name} className="sample">
                <code>{`{{${name}}}`}</code>
                <TextInput
                  aria-label={t('admin.template.sampleOf', { name })}
                  placeholder={t('admin.template.sample')}
                  maxLength={200}
                  value={examples[key] ?? ''}
                  error={Boolean(exampleError) && !examples[key]?.trim()}
                  onChange={(event) => onExamples?.({ ...examples, [key]: event.currentTarget.value })}
                />
              </label>
            );
          })}
          {exampleError && <p className="help err">{exampleError}</p>}
        </div>
      )}
    </div>
  );
}
