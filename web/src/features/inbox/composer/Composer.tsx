import { Textarea } from '@mantine/core';
import {
  IconArrowBackUp,
  IconHourglassHigh,
  IconLock,
  IconSend,
  IconTemplate,
  IconX,
} from '@tabler/icons-react';
import { useEffect, useRef, useState, type ClipboardEvent, type DragEvent, type KeyboardEvent } from 'react';
import { useT } from '@/i18n';
import { callName } from '@/lib/phone';
import { useDraft } from '@/lib/drafts';
import { since } from '@/lib/format';
import type { Me, Ticket } from '@/lib/types';
import { Btn, IconBtn } from '@/ui/parts';
import { useNames } from '../names';
import { AttachMenu } from './AttachMenu';
import { EmojiButton } from './EmojiButton';
import { onReply } from './replying';
import { send } from './send';
import { openTemplates } from './templateDialog';
import { useFiles } from './useFiles';
import { useTyping } from './useTyping';

interface Props {
  ticket: Ticket;
  locked: boolean;
  phone: boolean;
  me: Me;
}

export function Composer({ ticket, locked, phone, me }: Props) {
  const t = useT();
  const names = useNames();
  const [draft, setDraft] = useDraft(ticket.id);
  const [over, setOver] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  const connection = names.connection(ticket.connection_id);
  const able = connection?.capabilities;
  const files = useFiles(ticket, able, locked);
  const typing = useTyping(ticket, Boolean(connection?.read_receipts && able?.receipts));
  const name = callName(ticket.contact.name);
  const text = draft.text.trim();
  const long = able && able.text_max > 0 && [...draft.text].length > able.text_max;

  useEffect(
    () =>
      onReply(ticket.id, (m) => {
        const author =
          m.direction === 'in' ? ticket.contact.name : (names.user(m.user_id)?.name ?? t('timeline.us'));
        setDraft({ ...draft, reply: { id: m.id, excerpt: m.body || t(`kind.${m.type}`), author } });
        field.current?.focus();
      }),
    [ticket.id, ticket.contact.name, draft, setDraft, names, t],
  );

  function submit() {
    if (!text || long) return;
    send(ticket.id, { type: 'text', body: draft.text.trim() }, { queue: locked, reply: draft.reply });
    setDraft({ text: '' });
    typing.stop();
    field.current?.focus();
  }
  function press(event: KeyboardEvent) {
    if (event.key === 'Escape' && draft.reply) setDraft({ text: draft.text });
    else if (event.key === 'Escape') field.current?.blur();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    if (phone && matchMedia('(pointer: coarse)').matches) return; // the keyboard of phones breaks the line
    event.preventDefault();
    submit();
  }
  function paste(event: ClipboardEvent) {
    const found = [...event.clipboardData.files];
    if (!found.length) return;
    event.preventDefault();
    files.add(found);
  }
  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    files.add([...event.dataTransfer.files]);
  }
  function insert(emoji: string) {
    const at = field.current?.selectionStart ?? draft.text.length;
    setDraft({
      ...draft,
      text: draft.text.slice(0, at) + emoji + draft.text.slice(field.current?.selectionEnd ?? at),
    });
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(at + emoji.length, at + emoji.length);
    });
  }

  const submitReason = long
    ? t('error.too_long', { max: able.text_max })
    : text
      ? undefined
      : t('composer.empty');
  return (
    <div
      className={`comp${over ? ' over' : ''}${locked ? ' locked' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {locked && (
        <div className="lock">
          <IconLock size={16} />
          <p>
            <b>
              {ticket.window_expires_at
                ? t('window.closedSince', { when: since(ticket.window_expires_at) })
                : t('window.neverOpen')}
            </b>{' '}
            {t('window.explain', { name })}
          </p>
        </div>
      )}
      {draft.reply && (
        <div className="replying">
          <IconArrowBackUp size={16} />
          <div className="qt grow">
            <b>{draft.reply.author}</b>
            <span className="trunc blk">{draft.reply.excerpt}</span>
          </div>
          <IconBtn label={t('composer.noReply')} small onClick={() => setDraft({ text: draft.text })}>
            <IconX size={16} />
          </IconBtn>
        </div>
      )}
      {files.tray}
      <Textarea
        ref={field}
        data-composer
        className="tx"
        variant="unstyled"
        autosize
        minRows={1}
        maxRows={8}
        aria-label={t('composer.write', { name })}
        placeholder={t('composer.write', { name })}
        value={draft.text}
        onChange={(event) => {
          setDraft({ ...draft, text: event.currentTarget.value });
          typing.touch();
        }}
        onKeyDown={press}
        onPaste={paste}
      />
      <div className="tb">
        <AttachMenu ticket={ticket} able={able} locked={locked} files={files} />
        <EmojiButton onPick={insert} />
        {able?.templates && !locked && ticket.can.includes('template') && (
          <IconBtn label={t('composer.template')} onClick={() => openTemplates(ticket.id)}>
            <IconTemplate size={20} stroke={1.75} />
          </IconBtn>
        )}
        <span className="grow" />
        {locked ? (
          <div className="lockacts">
            <Btn size="medium" icon={<IconHourglassHigh size={16} />} reason={submitReason} onClick={submit}>
              {t('composer.queue')}
            </Btn>
            {ticket.can.includes('template') && (
              <Btn
                kind="primary"
                size="medium"
                icon={<IconTemplate size={16} />}
                onClick={() => openTemplates(ticket.id)}
              >
                {t('composer.template')}
              </Btn>
            )}
          </div>
        ) : (
          <button
            type="button"
            className="ib p sendb"
            aria-label={t('composer.send')}
            title={submitReason ?? t('composer.send')}
            aria-disabled={Boolean(submitReason) || undefined}
            onClick={submit}
          >
            <IconSend size={19} stroke={1.75} />
          </button>
        )}
      </div>
      {me.available ? null : <p className="help pausehelp">{t('composer.paused')}</p>}
    </div>
  );
}
