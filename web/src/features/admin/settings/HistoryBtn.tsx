import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { useT } from '@/i18n';
import type { LogEntry } from '@/lib/types';
import { FormDrawer } from '@/ui/FormDrawer';
import { History } from '@/ui/History';
import { Btn } from '@/ui/parts';

interface Props {
  noun: string;
  load: (cursor: string | undefined) => Promise<{ items: LogEntry[]; next?: string | null }>;
}

/** The history of what has one form and no list. */
export function HistoryBtn({ noun, load }: Props) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Btn size="small" kind="ghost" icon={<IconHistory size={15} />} onClick={() => setOpen(true)}>
        {t('admin.history.open')}
      </Btn>
      {open && (
        <FormDrawer title={t('admin.history.open')} onClose={() => setOpen(false)}>
          <History queryKey={[noun]} load={load} />
        </FormDrawer>
      )}
    </>
  );
}
