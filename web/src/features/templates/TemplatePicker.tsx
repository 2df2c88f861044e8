import { TextInput } from '@mantine/core';
import { IconSearch, IconTemplate } from '@tabler/icons-react';
import { useState } from 'react';
import { i18n, useT } from '@/i18n';
import { fold } from '@/lib/fold';
import { languageName } from '@/lib/languages';
import type { Template } from '@/lib/types';
import { Empty } from '@/ui/parts';
import { component } from './placeholders';
import './preview.css';

/** Readable name of a template: pedido_pronto → Pedido pronto. */
export const templateTitle = (name: string) => {
  const words = name.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export function categoryName(category: string): string {
  const key = `price.${category.toLowerCase()}`;
  return i18n.exists(key) ? i18n.t(key as 'price.utility') : category;
}

export const usable = (list: Template[] | undefined, connection: string) =>
  (list ?? []).filter((x) => x.status === 'APPROVED' && x.fillable && x.connections.includes(connection));

export function TemplatePicker({
  templates,
  chosen,
  onChoose,
}: {
  templates: Template[];
  chosen: string | null;
  onChoose: (template: Template) => void;
}) {
  const t = useT();
  const [text, setText] = useState('');
  const found = templates.filter((x) =>
    fold(`${x.name} ${templateTitle(x.name)} ${component(x, 'BODY')?.text ?? ''}`).includes(
      fold(text.trim()),
    ),
  );
  if (templates.length === 0) return <Empty title={t('template.noneTitle')} text={t('template.noneText')} />;
  return (
    <div className="tplpick">
      <TextInput
        type="search"
        aria-label={t('template.search')}
        placeholder={t('template.search')}
        leftSection={<IconSearch size={16} />}
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
      />
      {found.map((x) => (
        <button key={x.id} type="button" aria-pressed={x.id === chosen} onClick={() => onChoose(x)}>
          <span className="ti">
            <IconTemplate size={18} />
          </span>
          <span className="grow">
            <span className="tt">{templateTitle(x.name)}</span>
            <span className="tm">
              {categoryName(x.category)} · {languageName(x.language)}
            </span>
            <span className="tb">{component(x, 'BODY')?.text}</span>
          </span>
        </button>
      ))}
      {found.length === 0 && <p className="mut x13">{t('search.none', { text })}</p>}
    </div>
  );
}
