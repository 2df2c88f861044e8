import { IconReceipt } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import { useT } from '@/i18n';
import { fullDate, money } from '@/lib/format';
import type { Template } from '@/lib/types';
import { categoryName } from './TemplatePicker';

/** What this sending will cost, by the rate card. */
export function PriceLine({ template, connection }: { template: Template; connection: string }) {
  const t = useT();
  const { data } = useQuery({
    queryKey: ['estimate', template.id, connection],
    queryFn: () =>
      ok(
        api.POST('/api/v1/estimates', {
          body: { connection_id: connection, template_id: template.id, count: 1 },
        }),
      ),
    staleTime: 10 * 60_000,
  });
  if (!data) return null;
  return (
    <span className="price">
      <IconReceipt size={18} />
      <span>
        <b>
          {data.known ? t('price.each', { price: money(data.micros, data.currency) }) : t('price.unknown')}
        </b>{' '}
        · {categoryName(data.category)}
        {data.known && data.since && (
          <span className="mut x12 blk">
            {t('price.since', { date: fullDate(`${data.since.slice(0, 10)}T12:00:00Z`) })}
          </span>
        )}
      </span>
    </span>
  );
}
