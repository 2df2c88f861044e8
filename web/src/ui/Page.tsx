import type { ReactNode } from 'react';

export const Page = ({ title, subtitle, actions, children }: { title: string; subtitle?: string; actions?: ReactNode; children: ReactNode }) => (
  <main className="page" id="conteudo">
    <header className="ptop">
      <h1>{title}</h1>
      {subtitle && <span className="mut x13 psub">{subtitle}</span>}
      <span className="grow" />
      {actions}
    </header>
    {children}
  </main>
);
