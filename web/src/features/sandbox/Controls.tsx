import { Select } from '@mantine/core';
import { IconActivity, IconBug, IconChecks, IconClockPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { api, ok } from '@/api/client';
import { queryClient } from '@/api/query';
import { useT } from '@/i18n';
import { useNow } from '@/lib/clock';
import { toastError } from '@/lib/errors';
import { seconds } from '@/lib/format';
import type { SimChat, SimConnection } from '@/lib/types';
import { Btn } from '@/ui/parts';
import { SwitchRow } from '@/ui/SwitchRow';
import { common, others, settable, toggled, type FaultKind } from './faults';
import { chatMessages, look, simConnections } from './queries';
import { eventsOf, shortId } from './thread';
import { kindWord } from './words';

interface Props {
  chat: SimChat;
  connection: SimConnection;
}

const run = (work: Promise<unknown>) => void work.then(look).catch(toastError);

/** Clock, delivery, faults and what happened. */
export const Controls = ({ chat, connection }: Props) => (
  <>
    <Clock chat={chat} />
    <Delivery chat={chat} />
    <Faults connection={connection} />
    <Events chat={chat} />
  </>
);

function Part({
  icon,
  title,
  end,
  children,
}: {
  icon: ReactNode;
  title: string;
  end?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="simpart">
      <div className="row g8 simparthead">
        {icon}
        <h2 className="med x13 grow">{title}</h2>
        {end}
      </div>
      {children}
    </section>
  );
}

function Clock({ chat }: { chat: SimChat }) {
  const t = useT();
  const now = useNow();
  const left = chat.window_expires_at ? Date.parse(chat.window_expires_at) - now : 0;
  const minutes = Math.min(1440, Math.round(left / 60_000));
  const age = (body: { minutes?: number; left?: number }) =>
    run(ok(api.POST('/api/v1/sandbox/chats/{id}/age', { params: { path: { id: chat.id } }, body })));
  const label =
    left <= 0
      ? t(chat.window_expires_at ? 'sandbox.windowClosed' : 'sandbox.windowNever')
      : t('sandbox.window', {
          left:
            minutes >= 60
              ? `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}`
              : `${minutes} min`,
        });
  const tone = left <= 0 ? 'bad' : minutes < 240 ? 'warn' : 'acc';
  const never = chat.window_expires_at ? {} : { reason: t('sandbox.windowNeverText') };
  return (
    <Part
      icon={<IconClockPlay size={16} aria-hidden />}
      title={t('sandbox.clock')}
      end={<span className={`chip num ${tone}`}>{label}</span>}
    >
      <div className="row g8 wrap">
        <Btn size="small" onClick={() => age({ minutes: 60 })} {...never}>
          {t('sandbox.plusHour')}
        </Btn>
        <Btn size="small" onClick={() => age({ minutes: 720 })} {...never}>
          {t('sandbox.plusHalfDay')}
        </Btn>
        <Btn size="small" onClick={() => age({ left: 10 })} {...never}>
          {t('sandbox.nearEnd')}
        </Btn>
        <Btn size="small" onClick={() => age({ left: 0 })} {...never}>
          {t('sandbox.close')}
        </Btn>
      </div>
    </Part>
  );
}

function Delivery({ chat }: { chat: SimChat }) {
  const t = useT();
  const set = (body: { delivery?: boolean; receipts?: boolean; open?: boolean; opted_out?: boolean }) => {
    // The switch moves at once; the next look tells the truth.
    queryClient.setQueriesData<SimChat[]>({ queryKey: ['sandbox', 'chats'] }, (held) =>
      held?.map((c) => (c.id === chat.id ? { ...c, ...body } : c)),
    );
    run(ok(api.PATCH('/api/v1/sandbox/chats/{id}', { params: { path: { id: chat.id } }, body })));
  };
  return (
    <Part icon={<IconChecks size={16} aria-hidden />} title={t('sandbox.delivery')}>
      <SwitchRow
        label={t('sandbox.deliver')}
        help={t('sandbox.deliverHelp')}
        checked={chat.delivery}
        onChange={(delivery) => set({ delivery })}
      />
      <SwitchRow
        label={t('sandbox.receipts')}
        checked={chat.receipts}
        onChange={(receipts) => set({ receipts })}
      />
      <SwitchRow
        label={t('sandbox.looking')}
        help={t('sandbox.lookingHelp')}
        checked={chat.open}
        onChange={(open) => set({ open })}
      />
      <SwitchRow
        label={t('sandbox.optedOut')}
        checked={chat.opted_out}
        onChange={(opted_out) => set({ opted_out })}
      />
    </Part>
  );
}

function Faults({ connection }: { connection: SimConnection }) {
  const t = useT();
  const [all, setAll] = useState(false);
  const on = connection.faults;
  const put = (faults: SimConnection['faults']) => {
    queryClient.setQueryData<SimConnection[]>(simConnections.queryKey, (held) =>
      held?.map((c) => (c.connection_id === connection.connection_id ? { ...c, faults } : c)),
    );
    run(
      ok(
        api.PUT('/api/v1/sandbox/connections/{id}/faults', {
          params: { path: { id: connection.connection_id } },
          body: { faults },
        }),
      ),
    );
  };
  const shown = all
    ? [...common, ...others]
    : [...common, ...others.filter((kind) => on.some((fault) => fault.kind === kind))];
  const row = (kind: FaultKind) => {
    const fault = on.find((one) => one.kind === kind);
    const choices = settable[kind];
    const label = t(`sandbox.fault.${kind}`);
    return (
      <div key={kind} className="simfault">
        <div className="grow">
          <SwitchRow
            label={label}
            checked={Boolean(fault)}
            onChange={(yes) => put(toggled(on, kind, yes ? {} : null))}
          />
        </div>
        {fault && choices && (
          <Select
            size="xs"
            className="simchoice"
            aria-label={t('sandbox.faultValue', { fault: label })}
            allowDeselect={false}
            data={(choices.code ?? choices.delay ?? []).map((n) => ({
              value: String(n),
              label: choices.code
                ? t(`sandbox.code.c${n}` as 'sandbox.code.c100', { n })
                : t('sandbox.secondsShort', { n: n / 1000 }),
            }))}
            value={String(choices.code ? fault.code : fault.delay_ms)}
            onChange={(value) =>
              value &&
              put(toggled(on, kind, choices.code ? { code: Number(value) } : { delay_ms: Number(value) }))
            }
          />
        )}
      </div>
    );
  };
  return (
    <Part
      icon={<IconBug size={16} aria-hidden />}
      title={t('sandbox.faults')}
      end={on.length > 0 && <span className="chip warn">{t('sandbox.faultsOn', { count: on.length })}</span>}
    >
      {shown.map(row)}
      <button type="button" className="link x13" aria-expanded={all} onClick={() => setAll(!all)}>
        {t(all ? 'sandbox.fewer' : 'sandbox.moreFaults')}
      </button>
    </Part>
  );
}

const arrows = { in: '←', out: '→', delivered: '✓✓', read: '✓✓', failed: '✕' } as const;

function Events({ chat }: { chat: SimChat }) {
  const t = useT();
  const { data } = useQuery(chatMessages(chat.id));
  const [since, setSince] = useState('');
  const events = eventsOf(data ?? []).filter((event) => event.at > since);
  return (
    <Part
      icon={<IconActivity size={16} aria-hidden />}
      title={t('sandbox.events')}
      end={
        <Btn size="small" kind="ghost" onClick={() => setSince(new Date().toISOString())}>
          {t('sandbox.clear')}
        </Btn>
      }
    >
      <ul className="simevents num">
        {events.slice(0, 40).map((event) => (
          <li key={event.key} className={event.what === 'failed' ? 'badtext' : ''}>
            <span className="mut">{seconds(event.at)}</span> {arrows[event.what]}{' '}
            {event.what === 'in' || event.what === 'out'
              ? kindWord(event.type)
              : t(`sandbox.event.${event.what}`)}{' '}
            <span className="mut">{shortId(event.id)}</span>
          </li>
        ))}
        {events.length === 0 && <li className="mut">{t('sandbox.noEvents')}</li>}
      </ul>
    </Part>
  );
}
