import { useT } from '@/i18n';

export function LoginSide() {
  const t = useT();
  return (
    <div className="rt" aria-hidden="true">
      <svg
        className="mk"
        width="620"
        height="620"
        viewBox="0 0 32 32"
        fill="none"
        stroke="#fff"
        strokeWidth="3"
        strokeLinecap="round"
      >
        <path d="M10.2 25.5V14.6a6.4 6.4 0 1 1 6.4 6.4h-1.4" />
      </svg>
      <div className="col side">
        <div className="claim">{t('login.side.title')}</div>
        <p>{t('login.side.text')}</p>
        <span className="bub a first">{t('login.side.one')}</span>
        <span className="e">{t('login.side.event')}</span>
        <span className="bub b">{t('login.side.two')}</span>
        <span className="bub a">{t('login.side.three')}</span>
      </div>
    </div>
  );
}
