import { IconTemplate } from '@tabler/icons-react';
import { useT } from '@/i18n';
import { languageName } from '@/lib/languages';
import type { Template } from '@/lib/types';
import { Btn } from '@/ui/parts';
import { categoryName, templateTitle } from './TemplatePicker';

/** The template that was chosen, with the way back to the others. */
export function ChosenTemplate({ template, onChange }: { template: Template; onChange: () => void }) {
  const t = useT();
  return (
    <div className="chosen">
      <span className="ti">
        <IconTemplate size={20} stroke={1.75} />
      </span>
      <span className="grow">
        <span className="tt trunc">{templateTitle(template.name)}</span>
        <span className="tm">{`${categoryName(template.category)} · ${languageName(template.language)}`}</span>
      </span>
      <Btn kind="ghost" size="small" onClick={onChange}>
        {t('action.change')}
      </Btn>
    </div>
  );
}
