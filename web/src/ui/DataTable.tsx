import type { ReactNode } from 'react';
import { useT } from '@/i18n';
import { errorText } from '@/lib/errors';
import { Btn, Empty } from './parts';
import { Skeleton } from './Skeleton';

export interface Column<T> {
  key: string;
  head: ReactNode;
  cell: (row: T) => ReactNode;
  /** Share of the width, of the first column 360. */
  width?: number;
  /** Dropped where there is little room. */
  minor?: boolean;
  /** A button that stands at the right end of the row. */
  act?: boolean;
}

const FIRST = 360;

interface Props<T> {
  label: string;
  rows: T[] | undefined;
  columns: Column<T>[];
  id: (row: T) => string;
  current?: string | undefined;
  onOpen?: (row: T) => void;
  error?: unknown;
  onRetry?: () => void;
  empty: ReactNode;
  foot?: ReactNode;
}

/** A register's list: skeleton, refusal, nothing, or the rows. */
export function DataTable<T>(props: Props<T>) {
  const { label, rows, columns, id, current, onOpen, error, onRetry, empty, foot } = props;
  const t = useT();
  if (!rows && error)
    return (
      <Empty
        title={t('admin.failed')}
        text={errorText(error)}
        {...(onRetry ? { action: <Btn onClick={onRetry}>{t('admin.retry')}</Btn> } : {})}
      />
    );
  if (rows?.length === 0) return <>{empty}</>;
  const kind = (column: Column<T>) => (column.minor ? 'minor' : column.act ? 'act' : undefined);
  const share = (column: Column<T>) => column.width ?? FIRST;
  const whole = columns.reduce((sum, column) => sum + share(column), 0);
  return (
    <div className="pbody" tabIndex={-1}>
      <table className="tbl" aria-label={label} aria-busy={!rows || undefined}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={kind(column)}
                style={{ width: `${(100 * share(column)) / whole}%` }}
              >
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows?.map((row) => (
            <tr
              key={id(row)}
              className={id(row) === current ? 'sel' : ''}
              data-open={onOpen ? '' : undefined}
              onClick={onOpen ? () => onOpen(row) : undefined}
            >
              {columns.map((column) => (
                <td key={column.key} className={kind(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          )) ?? <Waiting columns={columns.length} />}
        </tbody>
      </table>
      {foot}
    </div>
  );
}

const Waiting = ({ columns }: { columns: number }) =>
  [180, 140, 210, 160].map((w) => (
    <tr key={w} aria-hidden="true">
      {Array.from({ length: columns }, (_, i) => (
        <td key={i}>
          <Skeleton w={i === 0 ? w : 90} h={12} />
        </td>
      ))}
    </tr>
  ));

/** The name of a row, which opens it. */
export const RowName = ({ children, onOpen }: { children: ReactNode; onOpen: () => void }) => (
  <button
    type="button"
    className="nm"
    onClick={(event) => {
      event.stopPropagation();
      onOpen();
    }}
  >
    {children}
  </button>
);
