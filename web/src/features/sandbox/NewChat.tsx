import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '@/api/client';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import { withDDI } from '@/lib/phone';
import { FormDrawer } from '@/ui/FormDrawer';
import { SwitchRow } from '@/ui/SwitchRow';
import { useForm } from '@/ui/useForm';
import { look } from './queries';

// Numbers that nobody has: invented people for a quick start.
const names = [
  'Marta Siqueira',
  'João Pedro Rocha',
  'Cecília Amaral',
  'Davi Monteiro',
  'Rosana Teixeira',
  'Igor Salgado',
];
const invented = () => `41 9${Math.floor(8_000_0000 + Math.random() * 1_999_9999)}`;

interface Props {
  connection: string;
  onClose: () => void;
  onMade: (chat: string) => void;
}

/** Another customer opens the chat with the company; nothing is sent yet. */
export function NewChat({ connection, onClose, onMade }: Props) {
  const t = useT();
  const me = useMe();
  const [start] = useState(() => ({
    name: names[Math.floor(Math.random() * names.length)] ?? '',
    phone: `+55 ${invented()}`,
    hide_phone: false,
  }));
  const form = useForm(start, async (values) => {
    const body = {
      connection_id: connection,
      ...values,
      name: values.name.trim(),
      phone: withDDI(values.phone, me.account.default_ddi),
    };
    const chat = await ok(api.POST('/api/v1/sandbox/chats', { body }));
    await look();
    onMade(chat.id);
  });
  const { values, set, wrong } = form;
  return (
    <FormDrawer title={t('sandbox.newTitle')} form={form} save={t('sandbox.create')} fresh onClose={onClose}>
      <p className="sec x13">{t('sandbox.newText')}</p>
      <TextInput
        label={t('sandbox.name')}
        description={t('sandbox.nameHint')}
        data-autofocus
        maxLength={100}
        value={values.name}
        error={wrong.name}
        onChange={(e) => set('name', e.currentTarget.value)}
      />
      <TextInput
        label={t('sandbox.number')}
        type="tel"
        required
        withAsterisk={false}
        maxLength={40}
        value={values.phone}
        error={wrong.phone}
        onChange={(e) => set('phone', e.currentTarget.value)}
      />
      <SwitchRow
        label={t('sandbox.hidePhone')}
        help={t('sandbox.hidePhoneHelp')}
        checked={values.hide_phone}
        onChange={(on) => set('hide_phone', on)}
      />
    </FormDrawer>
  );
}
