import { IconTrash } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useCan } from '@/app/session';
import { useT } from '@/i18n';
import { toast } from '@/lib/errors';
import type { LogEntry } from '@/lib/types';
import { Confirm } from '@/ui/Confirm';
import { FormDrawer } from '@/ui/FormDrawer';
import { History } from '@/ui/History';
import { IconBtn } from '@/ui/parts';
import type { Form } from '@/ui/useForm';

interface Props {
  title: string;
  icon?: ReactNode;
  /** Absent for a new record. */
  id?: string | undefined;
  noun: string;
  form: Form<object> | Pick<Form<object>, 'dirty' | 'busy' | 'general' | 'discard' | 'submit'>;
  editable: boolean;
  /** What deleting it means; absent where this user may not. */
  removal?: { title: string; text: string; run: () => Promise<unknown> } | undefined;
  history: (cursor: string | undefined) => Promise<{ items: LogEntry[]; next?: string | null }>;
  onClose: () => void;
  children: ReactNode;
}

/** The drawer of one record of a register: its form and its history. */
export function RecordDrawer(props: Props) {
  const { title, icon, id, noun, form, editable, removal, history, onClose, children } = props;
  const t = useT();
  const can = useCan();
  const [tab, setTab] = useState('general');
  const [removing, setRemoving] = useState(false);
  const past = Boolean(id) && can('history.view');
  return (
    <FormDrawer
      title={title}
      icon={icon}
      fresh={!id}
      {...(id ? {} : { save: t('admin.create') })}
      form={editable && tab === 'general' ? form : undefined}
      {...(past
        ? {
            tabs: [
              { key: 'general', label: t('admin.tab.general') },
              { key: 'history', label: t('admin.history.tab') },
            ],
            tab,
            onTab: setTab,
          }
        : {})}
      actions={
        id &&
        removal && (
          <IconBtn label={removal.title} onClick={() => setRemoving(true)}>
            <IconTrash size={18} />
          </IconBtn>
        )
      }
      onClose={onClose}
    >
      {tab === 'general' ? (
        <fieldset className="plain col g16" disabled={!editable}>
          {children}
        </fieldset>
      ) : (
        <History queryKey={[noun, id]} load={history} />
      )}
      {removing && removal && (
        <Confirm
          title={removal.title}
          text={removal.text}
          action={t('admin.remove')}
          onConfirm={async () => {
            await removal.run();
            toast(t('admin.removed'));
            onClose();
          }}
          onClose={() => setRemoving(false)}
        />
      )}
    </FormDrawer>
  );
}
