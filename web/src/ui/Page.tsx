import { TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useT } from '@/i18n';
import { Btn } from './parts';
import './admin.css';

export const Page = ({
  title,
  subtitle,
  actions,
  children,
}: {
  title: string;
  subtitle?: string;
  actions?: ReactNode;
  children: ReactNode;
}) => (
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

interface ToolsProps {
  search: string;
  onSearch: (text: string) => void;
  placeholder: string;
  onAdd?: () => void;
  /** Words of the button, Adicionar if not given. */
  add?: string;
  children?: ReactNode;
}

/** Above a register's list: search, filters, and the one filled button. */
export function Tools({ search, onSearch, placeholder, onAdd, add, children }: ToolsProps) {
  const t = useT();
  return (
    <div className="ptools">
      <TextInput
        className="search"
        type="search"
        aria-label={placeholder}
        placeholder={placeholder}
        leftSection={<IconSearch size={16} />}
        value={search}
        onChange={(event) => onSearch(event.currentTarget.value)}
      />
      {children && <div className="pfilters">{children}</div>}
      <span className="grow" />
      {onAdd && (
        <Btn kind="primary" className="padd" icon={<IconPlus size={17} />} onClick={onAdd}>
          <span>{add ?? t('action.add')}</span>
        </Btn>
      )}
    </div>
  );
}
