import { IconRefresh, IconWifiOff } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useNewVersion } from '@/app/worker';
import { useT } from '@/i18n';
import { useLink } from './link';

/** Says quietly that the connection is gone, or that a new version is here. */
export function ConnectionBanner() {
  const t = useT();
  const link = useLink();
  const update = useNewVersion();
  const [, tick] = useState(0);
  const [late, setLate] = useState(false);
  const lost = link.state === 'lost' || link.state === 'connecting';
  useEffect(() => {
    if (!lost) {
      setLate(false);
      return;
    }
    const show = setTimeout(() => setLate(true), 1500); // a blink is no news
    const count = setInterval(() => tick((n) => n + 1), 1000);
    return () => {
      clearTimeout(show);
      clearInterval(count);
    };
  }, [lost]);

  const wait = link.state === 'lost' ? Math.max(0, Math.ceil((link.retryAt - Date.now()) / 1000)) : 0;
  return (
    <div aria-live="polite">
      {lost && late && (
        <div className="banner">
          <IconWifiOff size={16} />
          {t('offline.banner')}
          <span className="end num">
            {wait > 0 ? t('offline.retryIn', { n: wait }) : t('offline.trying')}
          </span>
        </div>
      )}
      {update && (
        <div className="banner info">
          <IconRefresh size={16} />
          {t('update.text')}
          <button type="button" className="link" onClick={update}>
            {t('update.action')}
          </button>
        </div>
      )}
    </div>
  );
}
