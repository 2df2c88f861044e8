import { Modal } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { api, ok } from '@/api/client';
import { formatPhone } from '@/lib/phone';
import { useT } from '@/i18n';
import { fold } from '@/lib/fold';
import { Avatar, Kbd } from '@/ui/parts';
import { useCommandGroups } from './commands';

interface Option {
  id: string;
  label: string;
  group: string;
  icon?: ReactNode;
  end?: ReactNode;
  run: () => void;
}

/** Ctrl K: commands of this place, places, conversations. Ctrl Shift F: conversations alone. */
export function Palette({ search, onClose }: { search: boolean; onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const groups = useCommandGroups();
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const [asked] = useDebouncedValue(text.trim(), 180);
  const { data: found } = useQuery({
    queryKey: ['search', asked, 'palette'],
    queryFn: ({ signal }) => ok(api.GET('/api/v1/search', { params: { query: { q: asked } }, signal })),
    enabled: asked.length > 1,
    placeholderData: keepPreviousData,
  });

  const options = useMemo<Option[]>(() => {
    const words = fold(text.trim());
    const commands: Option[] = search
      ? []
      : groups.flatMap((g) =>
          g.commands
            .filter((c) => !c.quiet && fold(c.label).includes(words))
            .map((c) => ({
              id: c.id,
              label: c.label,
              group: g.title,
              icon: c.icon,
              end: c.keys?.split(' ').map((key) => <Kbd key={key}>{key}</Kbd>),
              run: c.run,
            })),
        );
    if (asked.length < 2 || !found) return commands;
    const tickets = found.tickets.slice(0, 8).map((ticket) => ({
      id: ticket.id,
      label: formatPhone(ticket.contact.name),
      group: t('command.conversations'),
      icon: <Avatar id={ticket.contact.id} name={ticket.contact.name} size={22} />,
      end: <span className="mut x12 num">{t('ticket.number', { n: ticket.number })}</span>,
      run: () =>
        void navigate({ to: '/atendimentos/$ticketId', params: { ticketId: ticket.id }, search: {} }),
    }));
    const messages = found.messages.slice(0, 8).map((hit) => ({
      id: hit.message_id,
      label: hit.snippet.map((part) => part.text).join(''),
      group: t('command.messages'),
      icon: <Avatar id={hit.ticket.contact.id} name={hit.ticket.contact.name} size={22} />,
      end: <span className="mut x12">{formatPhone(hit.ticket.contact.name)}</span>,
      run: () =>
        void navigate({
          to: '/atendimentos/$ticketId',
          params: { ticketId: hit.ticket.id },
          search: { m: hit.message_id },
        }),
    }));
    return [...commands, ...tickets, ...messages];
  }, [groups, text, asked, found, search, t, navigate]);

  const current = Math.min(at, options.length - 1);
  function choose(option: Option | undefined) {
    if (!option) return;
    onClose();
    option.run();
  }
  function press(event: KeyboardEvent) {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step) setAt((current + step + options.length) % Math.max(1, options.length));
    else if (event.key === 'Enter') choose(options[current]);
    else return;
    event.preventDefault();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      size={560}
      yOffset="12vh"
      centered={false}
      padding={0}
      transitionProps={{ duration: 0 }} // there at once: what is typed next belongs into it
      attributes={{ content: { 'aria-label': t('command.palette') } }}
    >
      <div className="palette">
        <div className="pin">
          <IconSearch size={18} />
          <input
            autoFocus
            data-autofocus
            role="combobox"
            aria-expanded
            aria-controls="palette-list"
            aria-activedescendant={options[current] ? `po-${options[current].id}` : undefined}
            aria-label={t(search ? 'command.search' : 'command.palette')}
            placeholder={t(search ? 'list.search' : 'command.placeholder')}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setAt(0);
            }}
            onKeyDown={press}
          />
        </div>
        <ul id="palette-list" role="listbox" aria-label={t('command.palette')} className="scroll">
          {options.map((option, i) => (
            <li key={option.id} role="presentation">
              {option.group !== options[i - 1]?.group && <div className="pgroup">{option.group}</div>}
              <div
                role="option"
                id={`po-${option.id}`}
                aria-selected={i === current}
                className="po"
                ref={(node) => {
                  if (i === current) node?.scrollIntoView({ block: 'nearest' });
                }}
                onMouseMove={() => setAt(i)}
                onClick={() => choose(option)}
              >
                <span className="pico">{option.icon}</span>
                <span className="grow trunc">{option.label}</span>
                <span className="row g4">{option.end}</span>
              </div>
            </li>
          ))}
        </ul>
        {options.length === 0 && (
          <p className="pnone">{t(asked.length < 2 ? 'command.hint' : 'command.none')}</p>
        )}
      </div>
    </Modal>
  );
}
