import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiError } from '@/api/client';
import { useT } from '@/i18n';
import { Btn, Empty } from '@/ui/parts';

export const NotFound = () => <Missing />;

/** A page that is not there, or can't be fetched just now. */
export function Missing({ error }: { error?: unknown }) {
  const t = useT();
  const router = useRouter();
  const lost = error instanceof ApiError && error.temporary;
  useEffect(() => {
    if (!lost) return;
    const timer = setInterval(() => void router.invalidate(), 4000);
    return () => clearInterval(timer);
  }, [lost, router]);
  return (
    <main className="broken">
      {lost ? (
        <Empty
          title={t('offline.title')}
          text={t('offline.text')}
          action={<Btn onClick={() => void router.invalidate()}>{t('offline.retry')}</Btn>}
        />
      ) : (
        <Empty
          title={t('missing.title')}
          text={t('missing.text')}
          action={
            <Btn kind="primary" onClick={() => location.assign('/')}>
              {t('broken.action')}
            </Btn>
          }
        />
      )}
    </main>
  );
}
