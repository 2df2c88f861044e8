import { TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useT } from '@/i18n';
import { Btn } from './parts';
import './admin.css';

interface PageProps {
  title: string;
  subtitle?: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page of the desk that is not the inbox. */
export const Page = ({ title, subtitle, actions, children }: PageProps) => (
  <main className="page" id="conteudo" tabIndex={-1}>
    <header className="ptop">
      <h1>{title}</h1>
      {subtitle && <span className="sec x13 trunc psub">{subtitle}</span>}
      <span className="grow" />
      {actions}
    </header>
    {children}
  </main>
);

interface ToolsProps {
  search?: string;
  onSearch?: (text: string) => void;
  placeholder?: string;
  add?: string | undefined;
  onAdd?: () => void;
  children?: ReactNode;
}

/** Search, filters and the one filled button of a register. */
export function Tools({ search, onSearch, placeholder, add, onAdd, children }: ToolsProps) {
  const t = useT();
  return (
    <div className="ptools">
      {onSearch && (
        <TextInput
          className="search"
          type="search"
          aria-label={placeholder}
          placeholder={placeholder}
          leftSection={<IconSearch size={16} />}
          value={search ?? ''}
          onChange={(event) => onSearch(event.currentTarget.value)}
        />
      )}
      {children}
      <span className="grow" />
      {onAdd && (
        <Btn kind="primary" icon={<IconPlus size={16} />} onClick={onAdd}>
          {add ?? t('admin.add')}
        </Btn>
      )}
    </div>
  );
}
