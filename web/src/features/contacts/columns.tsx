import { IconMessagePlus } from '@tabler/icons-react';
import { useCan } from '@/app/session';
import { useNames } from '@/features/inbox/names';
import { openStart } from '@/features/start/open';
import { useT } from '@/i18n';
import { shortTime } from '@/lib/format';
import { formatPhone } from '@/lib/phone';
import type { Contact } from '@/lib/types';
import { RowName, type Column } from '@/ui/DataTable';
import { Avatar, Btn, Hidden, TagChip } from '@/ui/parts';

export function useColumns(open: (id: string) => void): Column<Contact>[] {
  const t = useT();
  const can = useCan();
  const names = useNames();
  return [
    {
      key: 'name',
      head: t('contacts.one'),
      cell: (c) => (
        <div className="first">
          <Avatar id={c.id} name={c.name} size={38} photo={c.photo_url} />
          <div>
            <div className="row g8 wrap">
              <RowName onOpen={() => open(c.id)}>{formatPhone(c.name)}</RowName>
              {c.blocked && <span className="chip xs bad">{t('contacts.blocked')}</span>}
            </div>
            {c.company && <div className="sub">{c.company}</div>}
          </div>
        </div>
      ),
    },
    {
      key: 'reach',
      head: t('contacts.reach'),
      width: 220,
      cell: (c) => (
        <>
          <div className="num sec">{c.phone ? formatPhone(c.phone) : ''}</div>
          {c.email && <div className="sub trunc">{c.email}</div>}
          {!c.phone && !c.email && <span className="mut">{t('contacts.onlyUser')}</span>}
        </>
      ),
    },
    {
      key: 'tags',
      head: t('contacts.tags'),
      width: 220,
      cell: (c) =>
        c.tags.length > 0 && (
          <span className="row g4 wrap">
            {c.tags.map((id) => {
              const found = names.tag(id);
              return found ? <TagChip key={id} name={found.name} c={found.color} /> : null;
            })}
          </span>
        ),
    },
    {
      key: 'updated',
      minor: true,
      head: t('contacts.updated'),
      width: 110,
      cell: (c) => <span className="sec num">{c.updated_at && shortTime(c.updated_at)}</span>,
    },
    {
      key: 'talk',
      act: true,
      head: <Hidden>{t('contacts.talk')}</Hidden>,
      width: 130,
      cell: (c) =>
        can('ticket.start') &&
        !c.blocked && (
          <Btn
            size="small"
            icon={<IconMessagePlus size={15} />}
            aria-label={t('contacts.talkTo', { name: formatPhone(c.name) })}
            onClick={(event) => {
              event.stopPropagation();
              openStart({ contactId: c.id });
            }}
          >
            {t('contacts.talk')}
          </Btn>
        ),
    },
  ];
}
