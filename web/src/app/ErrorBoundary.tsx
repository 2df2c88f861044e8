import { Component, type ReactNode } from 'react';
import { t } from '@/i18n';
import { Btn, Empty } from '@/ui/parts';

/** The last net: says that it broke, names a report and offers the way on. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { report: string | null }> {
  override state = { report: null as string | null };

  static getDerivedStateFromError() {
    const bytes = crypto.getRandomValues(new Uint8Array(4));
    return { report: [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('') };
  }

  override componentDidCatch(error: unknown) {
    console.error(`report ${this.state.report ?? ''}`, error);
  }

  override render() {
    if (this.state.report === null) return this.props.children;
    return (
      <main className="broken">
        <Empty
          title={t('broken.title')}
          text={t('broken.text', { id: this.state.report })}
          action={
            <Btn kind="primary" onClick={() => location.assign('/')}>
              {t('broken.action')}
            </Btn>
          }
        />
      </main>
    );
  }
}
