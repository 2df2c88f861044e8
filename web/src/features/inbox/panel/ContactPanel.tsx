import { Accordion, Menu, Select } from '@mantine/core';
import {
  IconHistory,
  IconLayoutSidebarRightCollapse,
  IconPencil,
  IconPlus,
  IconTag,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { q } from '@/api/query';
import { useCan } from '@/app/session';
import { useT } from '@/i18n';
import { ticketQuery } from '../lists';
import { money } from '@/lib/format';
import { formatPhone } from '@/lib/phone';
import type { Ticket } from '@/lib/types';
import { Avatar, Dot, IconBtn, QueueName, TagChip } from '@/ui/parts';
import { patchTicket } from '../actions';
import { useNames } from '../names';
import { TicketLog } from './TicketLog';

const ContactDrawer = lazy(() =>
  import('@/features/contacts/ContactDrawer').then((m) => ({ default: m.ContactDrawer })),
);

export function ContactPanel({ ticketId, onClose }: { ticketId: string; onClose: () => void }) {
  const t = useT();
  const can = useCan();
  const { data: ticket, error } = useQuery(ticketQuery(ticketId));
  const [edit, setEdit] = useState<string | null>(null);
  const [open, setOpen] = useState<string[]>(['tags']);
  if (!ticket && error) return null;
  if (!ticket) return <aside className="panel" aria-busy="true" />;
  const c = ticket.contact;
  return (
    <aside className="panel" aria-label={t('panel.title')}>
      <div className="phead">
        <h2 className="grow semi">{t('panel.title')}</h2>
        {can('contact.edit') && (
          <IconBtn label={t('panel.edit')} onClick={() => setEdit(c.id)}>
            <IconPencil size={18} stroke={1.75} />
          </IconBtn>
        )}
        <IconBtn label={t('panel.hide')} onClick={onClose}>
          <IconLayoutSidebarRightCollapse size={18} stroke={1.75} />
        </IconBtn>
      </div>
      <div className="scroll grow">
        <div className="who-card">
          <Avatar id={c.id} name={c.name} size={56} photo={c.photo_url} />
          <div className="col trunc">
            <b className="pname">{formatPhone(c.name)}</b>
            {c.phone && <span className="x13 num">{formatPhone(c.phone)}</span>}
            {c.email && <span className="x12 mut trunc">{c.email}</span>}
            {c.blocked && <span className="chip xs bad">{t('contact.blocked')}</span>}
          </div>
        </div>
        <Properties ticket={ticket} />
        <Accordion
          multiple
          value={open}
          onChange={setOpen}
          chevronPosition="right"
          className="pacc"
          transitionDuration={120}
        >
          <Accordion.Item value="tags">
            <Accordion.Control icon={<IconTag size={18} stroke={1.75} />}>
              {t('panel.tags')}
            </Accordion.Control>
            <Accordion.Panel>
              <Tags ticket={ticket} />
            </Accordion.Panel>
          </Accordion.Item>
          <Accordion.Item value="log">
            <Accordion.Control icon={<IconHistory size={18} stroke={1.75} />}>
              {t('panel.log')}
            </Accordion.Control>
            <Accordion.Panel>{open.includes('log') && <TicketLog ticketId={ticket.id} />}</Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      </div>
      <Suspense fallback={null}>
        {edit && <ContactDrawer id={edit} onClose={() => setEdit(null)} onOther={setEdit} />}
      </Suspense>
    </aside>
  );
}

function Properties({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const names = useNames();
  const { data: types } = useQuery(q.types);
  const queue = names.queue(ticket.queue_id);
  const type = names.type(ticket.type_id);
  const offered = (types ?? []).filter((x) => x.active || x.id === ticket.type_id);
  return (
    <dl className="props">
      <dt>{t('field.queue')}</dt>
      <dd>
        {queue ? (
          <QueueName name={queue.name} c={queue.color} />
        ) : (
          <span className="mut">{t('panel.noQueue')}</span>
        )}
      </dd>
      {offered.length > 0 && (
        <>
          <dt>{t('panel.type')}</dt>
          <dd>
            {ticket.can.includes('set_type') ? (
              <Select
                className="inlinesel"
                variant="unstyled"
                aria-label={t('field.type')}
                placeholder={t('panel.choose')}
                data={offered.map((x) => ({ value: x.id, label: x.name }))}
                value={ticket.type_id}
                onChange={(value) => value && void patchTicket(ticket, { type_id: value })}
              />
            ) : (
              (type?.name ?? '–')
            )}
          </dd>
        </>
      )}
      <dt>{t('panel.origin')}</dt>
      <dd>{t(`origin.${ticket.origin}`)}</dd>
      {ticket.cost.billable_count > 0 && (
        <>
          <dt>{t('panel.cost')}</dt>
          <dd className="num">
            {money(ticket.cost.micros, ticket.cost.currency)}
            <span className="mut">{t('panel.billable', { count: ticket.cost.billable_count })}</span>
          </dd>
        </>
      )}
    </dl>
  );
}

/** C29: the ticket's tags; inactive ones stay but can't be chosen. */
function Tags({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const names = useNames();
  const { data: tags } = useQuery(q.tags);
  const may = ticket.can.includes('tag');
  const toggle = (id: string) =>
    void patchTicket(ticket, {
      tags: ticket.tags.includes(id) ? ticket.tags.filter((x) => x !== id) : [...ticket.tags, id],
    });
  return (
    <div className="row wrap g8">
      {ticket.tags.map((id) => {
        const tag = names.tag(id);
        return tag && <TagChip key={id} name={tag.name} c={tag.color} big />;
      })}
      {ticket.tags.length === 0 && !may && <span className="mut x13">{t('panel.noTags')}</span>}
      {may && (
        <Menu position="bottom-start" width={220}>
          <Menu.Target>
            <button type="button" className="addtag">
              <IconPlus size={14} />
              {t('panel.tag')}
            </button>
          </Menu.Target>
          <Menu.Dropdown mah={280} style={{ overflow: 'auto' }}>
            {(tags ?? [])
              .filter((x) => x.active || ticket.tags.includes(x.id))
              .map((x) => (
                <Menu.CheckboxItem
                  key={x.id}
                  checked={ticket.tags.includes(x.id)}
                  rightSection={<Dot c={x.color} />}
                  onChange={() => toggle(x.id)}
                >
                  {x.name}
                </Menu.CheckboxItem>
              ))}
            {tags?.length === 0 && <Menu.Label>{t('panel.noTagsYet')}</Menu.Label>}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
