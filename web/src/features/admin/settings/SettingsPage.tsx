import { useState } from 'react';
import { useCan } from '@/app/session';
import { useT } from '@/i18n';
import { Page } from '@/ui/Page';
import { Tabs } from '@/ui/Tabs';
import { CompanyTab } from './CompanyTab';
import { OptionsTab } from './OptionsTab';
import { TagsTab } from './TagsTab';
import { TypesTab } from './TypesTab';

/** Configurações: the company, its options, and the small registers. */
export function SettingsPage() {
  const t = useT();
  const can = useCan();
  const tabs = [
    ...(can('account.edit') ? [{ key: 'company', label: t('admin.settings.company') }] : []),
    ...(can('settings.edit') ? [{ key: 'options', label: t('admin.settings.options') }] : []),
    { key: 'tags', label: t('admin.tag.many') },
    { key: 'types', label: t('admin.type.many') },
  ];
  const [tab, setTab] = useState(() => {
    const wanted = new URLSearchParams(location.search).get('aba');
    return tabs.find((one) => one.key === wanted)?.key ?? tabs[0]?.key ?? 'tags';
  });
  return (
    <Page title={t('nav.settings')} subtitle={t('admin.settings.subtitle')}>
      <div className="ptabs">
        <Tabs label={t('nav.settings')} items={tabs} value={tab} onChange={setTab} />
      </div>
      {tab === 'company' && <CompanyTab />}
      {tab === 'options' && <OptionsTab />}
      {tab === 'tags' && <TagsTab />}
      {tab === 'types' && <TypesTab />}
    </Page>
  );
}
