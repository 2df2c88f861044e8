import { Drawer } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useT } from '@/i18n';
import { Confirm } from './Confirm';
import { Btn } from './parts';
import { Tabs, type TabItem } from './Tabs';
import { useGuard, type Form } from './useForm';
import './admin.css';

interface Props {
  title: string;
  icon?: ReactNode;
  badge?: ReactNode;
  /** Actions at the right of the title: the ⋮ menu. */
  actions?: ReactNode;
  size?: number;
  tabs?: TabItem[];
  tab?: string;
  onTab?: (tab: string) => void;
  /** Absent: nothing to save on this tab. */
  form?: Pick<Form<object>, 'dirty' | 'busy' | 'general' | 'discard' | 'submit'> | undefined;
  save?: string;
  /** Why it can't be saved now. */
  reason?: string | undefined;
  /** New records are not "changed", they are not there yet. */
  fresh?: boolean;
  note?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** The side drawer of every register: title, tabs, form, foot with what is unsaved. */
export function FormDrawer(props: Props) {
  const {
    title,
    icon,
    badge,
    actions,
    size = 520,
    tabs,
    tab,
    onTab,
    form,
    fresh,
    note,
    onClose,
    children,
  } = props;
  const t = useT();
  const [asking, setAsking] = useState(false);
  const dirty = Boolean(form?.dirty);
  const guard = useGuard(dirty);
  const close = () => (dirty ? setAsking(true) : onClose());

  return (
    <>
      <Drawer.Root opened onClose={close} position="right" size={size} className="drawer-root">
        <Drawer.Overlay />
        <Drawer.Content>
          <Drawer.Header className="dhead">
            {icon}
            <Drawer.Title className="trunc grow">
              {title} {badge}
            </Drawer.Title>
            {actions}
            <Drawer.CloseButton aria-label={t('admin.close')} ml={0} />
          </Drawer.Header>
          <Drawer.Body>
            <form className="col grow dform" noValidate onSubmit={(event) => form?.submit(event)}>
              {tabs && (
                <Tabs items={tabs} value={tab ?? ''} onChange={(key) => onTab?.(key)} label={title} drawer />
              )}
              <div className="dbody scroll grow col g16" tabIndex={form ? undefined : 0}>
                {children}
              </div>
              {form && (
                <>
                  <div role="alert" className={form.general ? 'dalert' : ''}>
                    {form.general}
                  </div>
                  <div className="df">
                    {note ?? (dirty && !fresh && <span className="unsaved">{t('admin.unsaved')}</span>)}
                    <span className="grow" />
                    <Btn kind="ghost" onClick={() => (dirty && !fresh ? form.discard() : close())}>
                      {dirty && !fresh ? t('admin.discard') : t('admin.cancel')}
                    </Btn>
                    <Btn
                      kind="primary"
                      type="submit"
                      busy={form.busy}
                      {...(props.reason ? { reason: props.reason } : {})}
                    >
                      {props.save ?? t('admin.save')}
                    </Btn>
                  </div>
                </>
              )}
            </form>
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      {(asking || guard.status === 'blocked') && (
        <Confirm
          title={t('admin.leave.title')}
          text={t('admin.leave.text')}
          action={t('admin.leave.action')}
          cancel={t('admin.leave.stay')}
          onConfirm={() => {
            if (guard.status === 'blocked') guard.proceed();
            else onClose();
          }}
          onClose={() => {
            setAsking(false);
            if (guard.status === 'blocked') guard.reset();
          }}
        />
      )}
    </>
  );
}
