import { Drawer, MultiSelect, Switch, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type FormEvent } from 'react';
import { api, ApiError, ok } from '@/api/client';
import { q, queryClient } from '@/api/query';
import { useCan } from '@/app/session';
import { useT } from '@/i18n';
import { errorText, fieldErrors, toast } from '@/lib/errors';
import { formatPhone } from '@/lib/phone';
import type { Contact } from '@/lib/types';
import { History } from '@/ui/History';
import { Btn } from '@/ui/parts';

const blank = { name: '', phone: '', email: '', company: '', document: '', birth_date: '', tags: [] as string[], accepts_marketing: true };
type Form = typeof blank;

const of = (c: Contact): Form => ({ name: c.name, phone: c.phone, email: c.email, company: c.company, document: c.document, birth_date: c.birth_date, tags: c.tags, accepts_marketing: c.accepts_marketing });

/** D03: a contact, new or known. */
export function ContactForm({ id, onClose, onSaved }: { id?: string; onClose: () => void; onSaved?: (contact: Contact) => void }) {
  const t = useT();
  const can = useCan();
  const { data: contact } = useQuery({ ...q.contact(id ?? ''), enabled: Boolean(id) });
  const { data: tags } = useQuery(q.tags);
  const [form, setForm] = useState<Form>(blank);
  const [start, setStart] = useState<Form>(blank);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const wrong = fieldErrors(error);
  const dirty = JSON.stringify(form) !== JSON.stringify(start);
  useEffect(() => {
    if (!contact) return;
    setForm(of(contact));
    setStart(of(contact));
  }, [contact]);
  const close = () => {
    if (!dirty || confirm(t('form.leave'))) onClose();
  };

  async function submit(event: FormEvent) {
    event.preventDefault();
    event.stopPropagation();
    setBusy(true);
    setError(null);
    const given = Object.fromEntries(Object.entries(form).filter(([k, v]) => JSON.stringify(v) !== JSON.stringify(start[k as keyof Form])));
    try {
      const saved = id
        ? await ok(api.PATCH('/api/v1/contacts/{id}', { params: { path: { id } }, body: given }))
        : await ok(api.POST('/api/v1/contacts', { body: { ...given, name: form.name } }));
      queryClient.setQueryData(q.contact(saved.id).queryKey, saved);
      void queryClient.invalidateQueries({ queryKey: ['contacts'] });
      toast(t('action.saved'));
      onSaved?.(saved);
      onClose();
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  }
  const taken = error instanceof ApiError && typeof error.params.contact_id === 'string' ? error.params.contact_id : null;
  const set = (key: 'name' | 'phone' | 'email' | 'company' | 'document' | 'birth_date') => (e: { currentTarget: { value: string } }) => setForm({ ...form, [key]: e.currentTarget.value });

  return (
    <Drawer opened onClose={close} size={480} title={id ? (contact?.name ?? '') : t('contact.new')} className="drawer-root" closeButtonProps={{ 'aria-label': t('action.close') }}>
      <form className="col grow fitform" onSubmit={(e) => void submit(e)}>
        <div className="dbody scroll grow col g16">
          <TextInput label={t('field.name')} required withAsterisk={false} data-autofocus maxLength={120} value={form.name} error={wrong.name} onChange={set('name')} />
          <TextInput label={t('field.phone')} type="tel" placeholder={t('list.phoneExample')} value={form.phone} error={wrong.phone} onChange={set('phone')} />
          <TextInput label={t('login.email')} type="email" value={form.email} error={wrong.email} onChange={set('email')} />
          <div className="two">
            <TextInput label={t('contact.company')} value={form.company} error={wrong.company} onChange={set('company')} />
            <TextInput label={t('contact.document')} value={form.document} error={wrong.document} onChange={set('document')} />
          </div>
          <TextInput label={t('contact.birth')} type="date" value={form.birth_date} error={wrong.birth_date} onChange={set('birth_date')} />
          <MultiSelect label={t('panel.tags')} searchable data={(tags ?? []).filter((x) => x.active || form.tags.includes(x.id)).map((x) => ({ value: x.id, label: x.name }))} value={form.tags} onChange={(value) => setForm({ ...form, tags: value })} />
          <Switch label={t('contact.marketing')} checked={form.accepts_marketing} onChange={(e) => setForm({ ...form, accepts_marketing: e.currentTarget.checked })} />
          {contact && (contact.identities?.length ?? 0) > 0 && (
            <Textarea label={t('contact.identities')} readOnly autosize value={contact.identities?.map((x) => `${t(`identity.${x.kind}`)}: ${x.kind === 'phone' ? formatPhone(x.address) : x.address}`).join('\n')} />
          )}
          {error !== null && (
            <div className="loginerror" role="alert">
              {errorText(error)}
              {taken && onSaved && (
                <button type="button" className="link blk" onClick={() => void ok(api.GET('/api/v1/contacts/{id}', { params: { path: { id: taken } } })).then((c) => { onSaved(c); onClose(); })}>
                  {t('contact.useExisting')}
                </button>
              )}
            </div>
          )}
          {id && can('history.view') && <History noun="contacts" id={id} />}
        </div>
        <div className="df">
          <span className="grow">{dirty && <span className="unsaved">{t('form.unsaved')}</span>}</span>
          <Btn kind="ghost" onClick={close}>
            {t('action.cancel')}
          </Btn>
          <Btn kind="primary" type="submit" busy={busy}>
            {t('action.save')}
          </Btn>
        </div>
      </form>
    </Drawer>
  );
}
