import { NumberInput, Switch } from '@mantine/core';
import { IconBug, IconChecks, IconClockPlay } from '@tabler/icons-react';
import { api, ok } from '@/api/client';
import { queryClient } from '@/api/query';
import { useT } from '@/i18n';
import { useNow } from '@/lib/clock';
import { toastError } from '@/lib/errors';
import { countdown, windowLeft, windowState } from '@/lib/window';
import type { SimChat, SimConnection, SimFault } from '@/lib/types';
import { Btn } from '@/ui/parts';

const faults: SimFault['kind'][] = ['refuse', 'fail', 'window_closed', 'delay', 'drop', 'duplicate', 'reorder', 'rate_limit', 'server_error', 'slow_webhooks', 'stop_webhooks'];
const delayed = new Set<SimFault['kind']>(['delay', 'slow_webhooks']);

/** Clock, receipts and the provider's faults. */
export function Controls({ connection, chat }: { connection: SimConnection; chat: SimChat | undefined }) {
  const t = useT();
  const now = useNow();
  const refresh = () => void queryClient.invalidateQueries({ queryKey: ['sim'] });
  async function run(asked: Promise<unknown>) {
    try {
      await asked;
    } catch (error) {
      toastError(error);
    }
    refresh();
  }
  const age = (body: { minutes?: number; left?: number }) => chat && void run(ok(api.POST('/api/v1/sandbox/chats/{id}/age', { params: { path: { id: chat.id } }, body })));
  const patch = (body: { delivery?: boolean; receipts?: boolean; opted_out?: boolean }) => chat && void run(ok(api.PATCH('/api/v1/sandbox/chats/{id}', { params: { path: { id: chat.id } }, body })));
  const set = (list: SimFault[]) => void run(ok(api.PUT('/api/v1/sandbox/connections/{id}/faults', { params: { path: { id: connection.connection_id } }, body: { faults: list } })));
  const on = (kind: SimFault['kind']) => connection.faults.find((f) => f.kind === kind);
  const state = chat ? windowState({ windowed: true, window_expires_at: chat.window_expires_at }, now) : 'none';
  return (
    <aside className="sbctl scroll" aria-label={t('sandbox.controls')}>
      {chat && (
        <>
          <section>
            <h2>
              <IconClockPlay size={18} />
              <span className="grow">{t('sandbox.clock')}</span>
              <span className={`chip ${state === 'closed' ? 'bad' : state === 'short' ? 'warn' : 'acc'}`}>
                {state === 'closed' ? t('window.closed') : t('window.left', { time: countdown(windowLeft({ windowed: true, window_expires_at: chat.window_expires_at }, now)) })}
              </span>
            </h2>
            <div className="row wrap g8">
              <Btn size="small" onClick={() => age({ minutes: 60 })}>{t('sandbox.plus1')}</Btn>
              <Btn size="small" onClick={() => age({ minutes: 720 })}>{t('sandbox.plus12')}</Btn>
              <Btn size="small" onClick={() => age({ left: 10 })}>{t('sandbox.left10')}</Btn>
              <Btn size="small" onClick={() => age({ left: 0 })}>{t('sandbox.closeWindow')}</Btn>
            </div>
          </section>
          <section>
            <h2>
              <IconChecks size={18} />
              {t('sandbox.receipts')}
            </h2>
            <Switch labelPosition="left" className="swrow" label={t('sandbox.delivery')} checked={chat.delivery} onChange={(e) => patch({ delivery: e.currentTarget.checked })} />
            <Switch labelPosition="left" className="swrow" label={t('sandbox.read')} checked={chat.receipts} onChange={(e) => patch({ receipts: e.currentTarget.checked })} />
            <Switch labelPosition="left" className="swrow" label={t('sandbox.optedOut')} checked={chat.opted_out} onChange={(e) => patch({ opted_out: e.currentTarget.checked })} />
          </section>
        </>
      )}
      <section>
        <h2>
          <IconBug size={18} />
          <span className="grow">{t('sandbox.faults')}</span>
          {connection.faults.length > 0 && <span className="chip warn">{t('sandbox.faultsOn', { count: connection.faults.length })}</span>}
        </h2>
        {faults.map((kind) => {
          const fault = on(kind);
          return (
            <div key={kind} className="faultrow">
              <Switch
                labelPosition="left"
                className="swrow"
                label={t(`sandbox.fault.${kind}`)}
                checked={Boolean(fault)}
                onChange={(e) => set(e.currentTarget.checked ? [...connection.faults, { kind, ...(delayed.has(kind) ? { delay_ms: 5000 } : {}) }] : connection.faults.filter((f) => f.kind !== kind))}
              />
              {fault && delayed.has(kind) && (
                <NumberInput size="xs" aria-label={t('sandbox.delayMs')} min={0} max={60} suffix=" s" value={(fault.delay_ms ?? 0) / 1000} onChange={(v) => set(connection.faults.map((f) => (f.kind === kind ? { ...f, delay_ms: Number(v) * 1000 } : f)))} />
              )}
            </div>
          );
        })}
      </section>
    </aside>
  );
}
