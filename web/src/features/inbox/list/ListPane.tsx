import { Menu } from '@mantine/core';
import { useDebouncedValue, useMediaQuery } from '@mantine/hooks';
import { IconDotsVertical, IconMessagePlus, IconPlus, IconSearch, IconX } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { q } from '@/api/query';
import { useCan } from '@/app/session';
import type { Tab } from '@/app/router';
import { useCommands, type Group } from '@/features/frame/commands';
import { openStart } from '@/features/start/open';
import { useT } from '@/i18n';
import { number } from '@/lib/format';
import { IconBtn, Kbd } from '@/ui/parts';
import { NumberField } from './NumberField';
import { SearchResults } from './SearchResults';
import { TicketRows } from './TicketRows';

const tabs: Tab[] = ['open', 'pending', 'closed'];

export function ListPane({ tab, current }: { tab: Tab; current: string | undefined }) {
  const t = useT();
  const can = useCan();
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 200);
  const { data: counters } = useQuery(q.counters);
  const phone = useMediaQuery('(max-width: 767px)', matchMedia('(max-width: 767px)').matches);
  const start = can('ticket.start');
  const group = useMemo<Group | null>(
    () =>
      start
        ? {
            title: t('list.title'),
            commands: [
              {
                id: 'start',
                label: t('start.title'),
                keys: 'c',
                icon: <IconMessagePlus size={18} />,
                run: () => openStart(),
              },
            ],
          }
        : null,
    [start, t],
  );
  useCommands(group);

  return (
    <section className="list" aria-label={t('list.label')}>
      <div className="lhead">
        <h1 className="ltitle">{t('nav.inbox')}</h1>
        {start && (
          <IconBtn label={t('start.title')} on={!phone} primary={Boolean(phone)} onClick={() => openStart()}>
            <IconPlus size={19} stroke={1.75} />
          </IconBtn>
        )}
        {start && (
          <Menu position="bottom-end" width={200}>
            <Menu.Target>
              <IconBtn label={t('action.options')} plain>
                <IconDotsVertical size={19} stroke={1.75} />
              </IconBtn>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconMessagePlus size={16} />} onClick={() => openStart()}>
                {t('start.title')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      <div className="lsearch">
        <div className="inp soft grow">
          <IconSearch size={16} className="mut" />
          <input
            className="bare grow"
            type="search"
            aria-label={t('list.search')}
            placeholder={t('list.search')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Escape' && setText('')}
          />
          {text ? (
            <IconBtn label={t('list.clear')} small onClick={() => setText('')}>
              <IconX size={15} />
            </IconBtn>
          ) : (
            !phone && <Kbd>{'Ctrl K'}</Kbd>
          )}
        </div>
      </div>
      {asked.length > 1 ? (
        <SearchResults text={asked} current={current} />
      ) : (
        <>
          <nav className="tabs" aria-label={t('list.tabs')}>
            {tabs.map((name) => (
              <Link
                key={name}
                from="/"
                to={current ? '/atendimentos/$ticketId' : '/atendimentos'}
                params={current ? { ticketId: current } : {}}
                search={name === 'open' ? {} : { tab: name }}
                className={name === tab ? 'on' : ''}
                aria-current={name === tab ? 'page' : undefined}
              >
                {t(`list.${name}`)} <span className="n">{counters ? number(counters[name]) : ''}</span>
              </Link>
            ))}
            {phone && tab === 'pending' && <span className="order">{t('list.oldestFirst')}</span>}
          </nav>
          <TicketRows key={tab} tab={tab} current={current} phone={Boolean(phone)} />
        </>
      )}
      {start && <NumberField />}
    </section>
  );
}
