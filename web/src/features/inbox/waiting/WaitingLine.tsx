import { Textarea } from '@mantine/core';
import { IconGripVertical, IconHourglassHigh, IconPencil, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { api, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useT } from '@/i18n';
import { callName } from '@/lib/phone';
import { toastError } from '@/lib/errors';
import { time } from '@/lib/format';
import { useOutbox } from '@/lib/sending';
import { takeMessage } from '@/stream/apply';
import type { Message, Ticket } from '@/lib/types';
import { Btn, Hidden, IconBtn } from '@/ui/parts';
import { useNames } from '../names';
import { move } from './move';

/** Messages that leave when the contact answers: edit, reorder, cancel. */
export function WaitingLine({ ticket }: { ticket: Ticket }) {
  const t = useT();
  const names = useNames();
  const { data: line = [] } = useQuery({ ...q.waiting(ticket.id), enabled: ticket.waiting_count > 0 });
  const unsent = useOutbox(ticket.id).filter((e) => e.body.queue && !line.some((m) => m.client_id === e.id));
  const [editing, setEditing] = useState<string | null>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const [said, setSaid] = useState('');
  const key = q.waiting(ticket.id).queryKey;
  const items = line.filter((m) => m.status === 'queued_window');
  const name = callName(ticket.contact.name);
  if (items.length + unsent.length === 0) return null;

  const refetch = () => void queryClient.invalidateQueries({ queryKey: key });

  async function save(order: Message[]) {
    const before = items;
    queryClient.setQueryData(key, order);
    try {
      const answer = await ok(
        api.PUT('/api/v1/tickets/{id}/waiting', {
          params: { path: { id: ticket.id } },
          body: { ids: order.map((m) => m.id) },
        }),
      );
      queryClient.setQueryData(key, answer.items);
    } catch (error) {
      queryClient.setQueryData(key, before);
      toastError(error);
      refetch();
    }
  }
  async function cancel(m: Message) {
    queryClient.setQueryData(
      key,
      items.filter((x) => x.id !== m.id),
    );
    try {
      await ok(api.DELETE('/api/v1/messages/{id}', { params: { path: { id: m.id } } }));
    } catch (error) {
      toastError(error);
      refetch();
    }
  }
  async function cancelAll() {
    try {
      await ok(api.DELETE('/api/v1/tickets/{id}/waiting', { params: { path: { id: ticket.id } } }));
      queryClient.setQueryData(key, []);
    } catch (error) {
      toastError(error);
      refetch();
    }
  }
  async function edit(m: Message, body: string) {
    setEditing(null);
    if (!body.trim() || body === m.body) return;
    try {
      takeMessage(
        await ok(
          api.PATCH('/api/v1/messages/{id}', { params: { path: { id: m.id } }, body: { body: body.trim() } }),
        ),
      );
    } catch (error) {
      toastError(error);
      refetch();
    }
  }
  function step(at: number, by: number) {
    const to = at + by;
    if (to < 0 || to >= items.length) return;
    void save(move(items, at, to));
    setSaid(t('waiting.moved', { to: to + 1, of: items.length }));
  }
  /** Dragging by the handle: the row follows the finger from place to place. */
  function drag(event: PointerEvent, id: string) {
    event.preventDefault();
    const start = items;
    let order = items;
    setDragged(id);
    const follow = (now: globalThis.PointerEvent) => {
      const rows = [...(list.current?.children ?? [])].map((row) => row.getBoundingClientRect());
      const at = order.findIndex((m) => m.id === id);
      const to = rows.findIndex((r) => now.clientY >= r.top && now.clientY < r.bottom);
      if (to < 0 || to === at || to >= order.length) return;
      order = move(order, at, to);
      queryClient.setQueryData(key, order);
    };
    const drop = () => {
      removeEventListener('pointermove', follow);
      removeEventListener('pointerup', drop);
      setDragged(null);
      if (order !== start) void save(order);
    };
    addEventListener('pointermove', follow);
    addEventListener('pointerup', drop);
  }

  return (
    <section className="wq" aria-label={t('waiting.label')}>
      <div className="hd">
        <IconHourglassHigh size={16} className="warnico" />
        <span className="grow">
          <b className="semi">{t('waiting.count', { count: items.length + unsent.length })}</b>{' '}
          <span className="mut wqwhen">{t('waiting.when', { name })}</span>
        </span>
        <Btn kind="ghost" size="small" onClick={() => void cancelAll()}>
          {t('waiting.cancelAll')}
        </Btn>
      </div>
      <ol ref={list}>
        {items.map((m, i) => (
          <li key={m.id} className={dragged === m.id ? 'dragged' : ''} data-waiting={m.id}>
            {editing === m.id ? (
              <Editor message={m} onDone={(body) => void edit(m, body)} onCancel={() => setEditing(null)} />
            ) : (
              <>
                <button
                  type="button"
                  className="grip"
                  aria-label={t('waiting.move', { n: i + 1 })}
                  onPointerDown={(event) => drag(event, m.id)}
                  onKeyDown={(event: KeyboardEvent) => {
                    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
                    if (!by) return;
                    event.preventDefault();
                    step(i, by);
                  }}
                >
                  <IconGripVertical size={16} />
                </button>
                <span className="count q">{i + 1}</span>
                <span className="grow trunc">{m.body || t(`kind.${m.type}`)}</span>
                <span className="mut x12 num wqmeta">{`${names.user(m.user_id)?.name.split(' ')[0] ?? ''} · ${time(m.at)}`}</span>
                {m.can.includes('edit') && (
                  <IconBtn label={t('waiting.edit')} small onClick={() => setEditing(m.id)}>
                    <IconPencil size={16} />
                  </IconBtn>
                )}
                {m.can.includes('cancel') && (
                  <IconBtn label={t('waiting.cancel')} small onClick={() => void cancel(m)}>
                    <IconX size={16} />
                  </IconBtn>
                )}
              </>
            )}
          </li>
        ))}
        {unsent.map((e) => (
          <li key={e.id} className="unsent">
            <span className="spin" />
            <span className="grow trunc">{e.body.body ?? e.file?.name}</span>
          </li>
        ))}
      </ol>
      <div aria-live="polite">
        <Hidden>{said}</Hidden>
      </div>
    </section>
  );
}

function Editor({
  message,
  onDone,
  onCancel,
}: {
  message: Message;
  onDone: (body: string) => void;
  onCancel: () => void;
}) {
  const t = useT();
  const [body, setBody] = useState(message.body);
  return (
    <form
      className="wedit"
      onSubmit={(event) => {
        event.preventDefault();
        onDone(body);
      }}
    >
      <Textarea
        className="grow"
        autosize
        maxRows={5}
        autoFocus
        aria-label={t('waiting.edit')}
        value={body}
        onChange={(e) => setBody(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key === 'Escape') onCancel();
          if (e.key === 'Enter' && !e.shiftKey) {
            e.preventDefault();
            onDone(body);
          }
        }}
      />
      <span className="wacts">
        <Btn kind="ghost" size="small" onClick={onCancel}>
          {t('action.cancel')}
        </Btn>
        <Btn kind="light" size="small" type="submit">
          {t('action.save')}
        </Btn>
      </span>
    </form>
  );
}
