import { Modal } from '@mantine/core';
import { useMe } from '@/app/session';
import { useT } from '@/i18n';
import { Kbd } from '@/ui/parts';
import { useCommandGroups } from './commands';

export function Shortcuts({ onClose }: { onClose: () => void }) {
  const t = useT();
  const me = useMe();
  const groups = useCommandGroups();
  const mod = /Mac|iP/.test(navigator.platform) ? '⌘' : 'Ctrl';
  const always = [
    { id: 'p', label: t('command.palette'), keys: `${mod} K` },
    { id: 's', label: t('command.search'), keys: `${mod} Shift F` },
  ];
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('nav.shortcuts')}
      size={520}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {!me.shortcuts && <p className="sec x13">{t('command.off')}</p>}
      <dl className="keys">
        {[...always, ...(me.shortcuts ? groups.flatMap((g) => g.commands).filter((c) => c.keys) : [])].map(
          (c) => (
            <div key={c.id}>
              <dt>{c.label}</dt>
              <dd>
                {c.keys?.split(' ').map((key) => (
                  <Kbd key={key}>{key}</Kbd>
                ))}
              </dd>
            </div>
          ),
        )}
      </dl>
    </Modal>
  );
}
