import { useT } from '@/i18n';
import { Confirm } from '@/ui/Confirm';
import { Btn } from '@/ui/parts';
import { useGuard, type Form } from '@/ui/useForm';

/** The foot of a form that is a page: what is unsaved, Descartar and Salvar. */
export function SaveBar({ form }: { form: Pick<Form<object>, 'dirty' | 'busy' | 'general' | 'discard'> }) {
  const t = useT();
  const guard = useGuard(form.dirty);
  return (
    <>
      <div role="alert" className={form.general ? 'dalert' : ''}>
        {form.general}
      </div>
      <div className="savebar">
        {form.dirty && <span className="unsaved">{t('admin.unsaved')}</span>}
        <span className="grow" />
        {form.dirty && (
          <Btn kind="ghost" onClick={form.discard}>
            {t('admin.discard')}
          </Btn>
        )}
        <Btn
          kind="primary"
          type="submit"
          busy={form.busy}
          {...(form.dirty ? {} : { reason: t('admin.unchanged') })}
        >
          {t('admin.save')}
        </Btn>
      </div>
      {guard.status === 'blocked' && (
        <Confirm
          title={t('admin.leave.title')}
          text={t('admin.leave.text')}
          action={t('admin.leave.action')}
          cancel={t('admin.leave.stay')}
          onConfirm={guard.proceed}
          onClose={guard.reset}
        />
      )}
    </>
  );
}
