import { Modal, Textarea, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useT } from '@/i18n';
import type { Capabilities, MessageNew } from '@/lib/types';
import { Btn, IconBtn } from '@/ui/parts';
import type { AttachKind } from './AttachMenu';
import { coordinates } from './place';

interface Props {
  kind: AttachKind;
  able: Capabilities;
  onClose: () => void;
  onSend: (body: MessageNew) => void;
}

export function AttachDialogs({ kind, ...rest }: Props) {
  if (kind === 'location') return <LocationDialog {...rest} />;
  if (kind === 'contact') return <ContactDialog {...rest} />;
  return <ChoicesDialog list={kind === 'list'} {...rest} />;
}

type DialogProps = Omit<Props, 'kind'>;

function Frame({
  title,
  reason,
  onClose,
  onSubmit,
  children,
}: {
  title: string;
  reason: string | undefined;
  onClose: () => void;
  onSubmit: () => void;
  children: ReactNode;
}) {
  const t = useT();
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={460}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          if (!reason) onSubmit();
        }}
      >
        <div className="col g16">{children}</div>
        <div className="row modalfoot">
          <Btn kind="ghost" onClick={onClose}>
            {t('action.cancel')}
          </Btn>
          <Btn kind="primary" type="submit" reason={reason}>
            {t('composer.send')}
          </Btn>
        </div>
      </form>
    </Modal>
  );
}

function LocationDialog({ onClose, onSend }: DialogProps) {
  const t = useT();
  const [where, setWhere] = useState('');
  const [name, setName] = useState('');
  const [address, setAddress] = useState('');
  const found = coordinates(where);
  return (
    <Frame
      title={t('attach.location')}
      reason={found ? undefined : t('attach.locationNeeds')}
      onClose={onClose}
      onSubmit={() =>
        found &&
        onSend({
          type: 'location',
          location: { ...found, ...(name ? { name } : {}), ...(address ? { address } : {}) },
        })
      }
    >
      <TextInput
        data-autofocus
        label={t('attach.where')}
        description={t('attach.whereHint')}
        value={where}
        error={where && !found ? t('attach.locationNeeds') : undefined}
        onChange={(e) => setWhere(e.currentTarget.value)}
      />
      <TextInput label={t('field.placeName')} value={name} onChange={(e) => setName(e.currentTarget.value)} />
      <TextInput
        label={t('field.address')}
        value={address}
        onChange={(e) => setAddress(e.currentTarget.value)}
      />
    </Frame>
  );
}

function ContactDialog({ onClose, onSend }: DialogProps) {
  const t = useT();
  const [name, setName] = useState('');
  const [phone, setPhone] = useState('');
  const [email, setEmail] = useState('');
  const reason = !name.trim() || !(phone.trim() || email.trim()) ? t('attach.contactNeeds') : undefined;
  return (
    <Frame
      title={t('attach.contact')}
      reason={reason}
      onClose={onClose}
      onSubmit={() =>
        onSend({
          type: 'contacts',
          contacts: [
            {
              name: { formatted_name: name.trim(), first_name: name.trim().split(' ')[0] },
              ...(phone.trim() ? { phones: [{ phone: phone.trim(), type: 'CELL' }] } : {}),
              ...(email.trim() ? { emails: [{ email: email.trim() }] } : {}),
            },
          ],
        })
      }
    >
      <TextInput
        data-autofocus
        label={t('field.name')}
        value={name}
        onChange={(e) => setName(e.currentTarget.value)}
      />
      <TextInput
        label={t('field.phone')}
        type="tel"
        value={phone}
        onChange={(e) => setPhone(e.currentTarget.value)}
      />
      <TextInput
        label={t('login.email')}
        type="email"
        value={email}
        onChange={(e) => setEmail(e.currentTarget.value)}
      />
    </Frame>
  );
}

const TITLE = { button: 20, row: 24, open: 20, about: 72 } as const;

function ChoicesDialog({ list, able, onClose, onSend }: DialogProps & { list: boolean }) {
  const t = useT();
  const [body, setBody] = useState('');
  const [open, setOpen] = useState('');
  const [options, setOptions] = useState([{ title: '', description: '' }]);
  const most = list ? Math.min(10, able.list_rows_max) : Math.min(3, able.buttons_max);
  const titles = options.map((o) => o.title.trim()).filter(Boolean);
  const reason = !body.trim()
    ? t('attach.textNeeded')
    : titles.length === 0 || (list && !open.trim())
      ? t('attach.optionNeeded')
      : new Set(titles).size !== titles.length
        ? t('attach.optionTwice')
        : undefined;
  const change = (i: number, patch: Partial<(typeof options)[number]>) =>
    setOptions(options.map((o, n) => (n === i ? { ...o, ...patch } : o)));

  function submit() {
    const rows = options
      .filter((o) => o.title.trim())
      .map((o, i) => ({
        id: String(i + 1),
        title: o.title.trim(),
        ...(list && o.description.trim() ? { description: o.description.trim() } : {}),
      }));
    onSend({
      type: 'interactive',
      interactive: list
        ? { kind: 'list', body: body.trim(), list: { button: open.trim(), sections: [{ rows }] } }
        : { kind: 'buttons', body: body.trim(), buttons: rows },
    });
  }

  return (
    <Frame
      title={t(list ? 'attach.list' : 'attach.buttons')}
      reason={reason}
      onClose={onClose}
      onSubmit={submit}
    >
      <Textarea
        data-autofocus
        label={t('attach.text')}
        autosize
        minRows={2}
        maxRows={6}
        maxLength={1024}
        value={body}
        onChange={(e) => setBody(e.currentTarget.value)}
      />
      {list && (
        <TextInput
          label={t('attach.open')}
          description={t('attach.openHint')}
          maxLength={TITLE.open}
          value={open}
          onChange={(e) => setOpen(e.currentTarget.value)}
        />
      )}
      <fieldset className="plain col g8">
        <legend className="lab">{t('attach.options', { n: most })}</legend>
        {options.map((option, i) => (
          <div className="row g8" key={i}>
            <TextInput
              className="grow"
              aria-label={t('attach.option', { n: i + 1 })}
              placeholder={t('attach.option', { n: i + 1 })}
              maxLength={list ? TITLE.row : TITLE.button}
              value={option.title}
              onChange={(e) => change(i, { title: e.currentTarget.value })}
            />
            {list && (
              <TextInput
                className="grow"
                aria-label={t('attach.about', { n: i + 1 })}
                placeholder={t('field.description')}
                maxLength={TITLE.about}
                value={option.description}
                onChange={(e) => change(i, { description: e.currentTarget.value })}
              />
            )}
            {options.length > 1 && (
              <IconBtn
                label={t('action.remove')}
                onClick={() => setOptions(options.filter((_, n) => n !== i))}
              >
                <IconX size={16} />
              </IconBtn>
            )}
          </div>
        ))}
        {options.length < most && (
          <div>
            <Btn
              kind="ghost"
              size="small"
              icon={<IconPlus size={14} />}
              onClick={() => setOptions([...options, { title: '', description: '' }])}
            >
              {t('attach.add')}
            </Btn>
          </div>
        )}
      </fieldset>
    </Frame>
  );
}
