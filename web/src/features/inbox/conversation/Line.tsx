import { memo } from 'react';
import { useT } from '@/i18n';
import { dayTitle } from '@/lib/format';
import type { Media, Ticket } from '@/lib/types';
import { Bubble } from './Bubble';
import { EventLine } from './EventLine';
import type { Item } from './items';

interface Props {
  item: Item;
  ticket: Ticket;
  unread: number;
  marked: boolean;
  onView: (media: Media) => void;
}

export const Line = memo(function Line({ item, ticket, unread, marked, onView }: Props) {
  const t = useT();
  return (
    <>
      {item.day && <div className="day">{dayTitle(item.at)}</div>}
      {item.marker && <div className="new">{t('timeline.unread', { count: Math.max(1, unread) })}</div>}
      {item.event && <EventLine event={item.event} />}
      {item.message && (
        <Bubble
          message={item.message}
          ticket={ticket}
          first={item.first}
          local={item.local}
          marked={marked}
          onView={onView}
        />
      )}
    </>
  );
});
