import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Pager, ROWS_PER_PAGE } from "./Pager.tsx";

interface TableProps<T> {
  /** What the rows are, for screen readers and the pager. */
  label: string;
  /** The first column is the header of its row. */
  columns: readonly { name: string; value: (row: T) => ComponentChildren }[];
  rows: readonly T[];
  keyOf: (row: T) => string;
}

/** A table that scrolls sideways on a phone, and has a pager if it is long. */
export function Table<T>({ label, columns, rows, keyOf }: TableProps<T>) {
  const [wanted, setWanted] = useState(0);
  // The list may have become shorter.
  const first = wanted < rows.length ? wanted : 0;
  return (
    <>
      <div class="scrolling" tabIndex={0} role="region" aria-label={label}>
        <table>
          <thead>
            <tr>
              {columns.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(first, first + ROWS_PER_PAGE).map((row) => (
              <tr key={keyOf(row)}>
                {columns.map(({ name, value }, n) =>
                  n === 0 ? (
                    <th key={name} scope="row">
                      {value(row)}
                    </th>
                  ) : (
                    <td key={name}>{value(row)}</td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pager what={label} first={first} total={rows.length} go={setWanted} />
    </>
  );
}
