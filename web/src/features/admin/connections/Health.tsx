import { i18n, useT } from '@/i18n';
import { moment } from '@/lib/format';
import type { Connection } from '@/lib/types';
import { Empty } from '@/ui/parts';
import { healthValue, reasonText, StateText } from './state';

// What people look for first; the provider's other facts follow.
const FIRST = ['display_phone_number', 'verified_name', 'quality_rating', 'tier', 'health'];
const rank = (key: string) => (FIRST.indexOf(key) + 1 || FIRST.length + 1) - 1;

/** What the provider said about the number when it was last asked. */
export function Health({ connection: c }: { connection: Connection }) {
  const t = useT();
  const known = Object.entries(c.health ?? {})
    .filter(([key]) => i18n.exists(`admin.connection.fact.${key}`))
    .sort(([a], [b]) => rank(a) - rank(b));
  return (
    <>
      <dl className="dl">
        <dt>{t('admin.connection.stateHead')}</dt>
        <dd>
          <StateText connection={c} />
          {c.state_reason && <div className="sub">{reasonText(c.state_reason)}</div>}
        </dd>
        <dt>{t('admin.connection.checked')}</dt>
        <dd className="num">{c.checked_at ? moment(c.checked_at) : t('admin.never')}</dd>
        {known.map(([key, value]) => (
          <Fact key={key} name={key} value={value} />
        ))}
      </dl>
      {known.length === 0 && (
        <Empty title={t('admin.connection.noHealth')} text={t('admin.connection.noHealthText')} />
      )}
    </>
  );
}

const Fact = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt>{i18n.t(`admin.connection.fact.${name}` as 'admin.yes')}</dt>
    <dd>{healthValue(name, value)}</dd>
  </>
);
