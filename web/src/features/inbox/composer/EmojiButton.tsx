import { Popover } from '@mantine/core';
import { IconMoodSmile } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { useT } from '@/i18n';
import { IconBtn } from '@/ui/parts';

const Emojis = lazy(() => import('./Emojis').then((m) => ({ default: m.Emojis })));

export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="top-start" trapFocus returnFocus>
      <Popover.Target>
        <IconBtn label={t('composer.emoji')} onClick={() => setOpen(!open)} plain>
          <IconMoodSmile size={20} stroke={1.75} />
        </IconBtn>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t('composer.emoji')}>
        <Suspense fallback={<div className="emojis" />}>
          {open && (
            <Emojis
              onPick={(emoji) => {
                setOpen(false);
                onPick(emoji);
              }}
            />
          )}
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
