// A panel with a table: a heading, what it is of, columns of text and of numbers, and words where there is nothing.
import { useId, type ReactNode } from 'react';

export interface Column<Row> {
  head: string;
  /** What the head means, for who points at it. */
  title?: string;
  isText?: boolean;
  cell: (row: Row) => ReactNode;
}

export interface TablePanelProps<Row> {
  title: string;
  note: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  id: (row: Row) => string;
  /** What is said where there are no rows. */
  none: string;
  children?: ReactNode;
}

export function TablePanel<Row>({ title, note, rows, columns, id, none, children }: TablePanelProps<Row>) {
  const heading = useId();
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        <p>{note}</p>
      </header>
      {children}
      {rows.length === 0 ? (
        <p className="none">{none}</p>
      ) : (
        // It can be scrolled by keyboard where it is wider than the panel.
        <div className="scroll" role="region" aria-label={`${title}, table`} tabIndex={0}>
          <table>
            <thead>
              <tr>
                {columns.map(({ head, title, isText }) => (
                  <th key={head} scope="col" className={isText ? 'text' : undefined} title={title}>
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={id(row)}>
                  {columns.map(({ head, isText, cell }, place) =>
                    place === 0 ? (
                      <th key={head} scope="row" className="text">
                        {cell(row)}
                      </th>
                    ) : (
                      <td key={head} className={isText ? 'text' : undefined}>
                        {cell(row)}
                      </td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** A part of a whole, as a bar beside its numbers; of a room, a bar that is nearly full stands out. */
export function Share({ value, most, isRoom = false }: { value: number; most: number; isRoom?: boolean }) {
  const part = most > 0 ? Math.min(value / most, 1) : 0;
  return (
    <svg className={isRoom && part > 0.9 ? 'share is-full' : 'share'} viewBox="0 0 40 8" aria-hidden="true">
      <rect className="room" width="40" height="8" rx="1.5" />
      <rect className="taken" width={40 * part} height="8" rx="1.5" />
    </svg>
  );
}
