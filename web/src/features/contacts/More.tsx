import { useEffect, useRef } from 'react';
import { useT } from '@/i18n';
import { Btn } from '@/ui/parts';

/** The end of a long list, which loads more when scrolled into view. */
export function More({ busy, onMore }: { busy: boolean; onMore: () => void }) {
  const t = useT();
  const mark = useRef<HTMLDivElement>(null);
  const more = useRef(onMore);
  useEffect(() => {
    more.current = onMore;
  });
  useEffect(() => {
    const seen = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && more.current(),
    );
    if (mark.current) seen.observe(mark.current);
    return () => seen.disconnect();
  }, []);
  return (
    <div className="row center more" ref={mark}>
      <Btn kind="ghost" busy={busy} onClick={onMore}>
        {t('contacts.more')}
      </Btn>
    </div>
  );
}
