import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { formatNumber } from "../../../client/src/format.js";

/** Rows of one page: ten thousand rows would be slow. */
export const ROWS_PER_PAGE = 50;
/** Items of one page: each is larger than a row. */
const ITEMS_PER_PAGE = 20;

interface PagerProps {
  what: string;
  first: number;
  total: number;
  /** Whether more than `total` rows exist, which are not loaded yet. */
  more?: boolean;
  rows?: number;
  go: (first: number) => void;
}

/** Buttons for the pages of a long list. */
export function Pager({ what, first, total, more = false, rows = ROWS_PER_PAGE, go }: PagerProps) {
  if (total <= rows && !more) return null;
  const last = Math.min(first + rows, total);
  return (
    <nav class="pager" aria-label={`Pages of ${what}`}>
      <button type="button" disabled={first === 0} onClick={() => go(Math.max(0, first - rows))}>
        Previous
      </button>
      <span>
        {formatNumber(first + 1)}–{formatNumber(last)} of {formatNumber(total)}
        {more && " and more"}
      </span>
      <button type="button" disabled={last >= total && !more} onClick={() => go(first + rows)}>
        Next
      </button>
    </nav>
  );
}

type PagedListProps<T> = {
  what: string;
  list: readonly T[];
  listClass: string;
  children: (item: T) => ComponentChildren;
};

/** A list of items that are larger than a row, a page at a time. */
export function PagedList<T>({ what, list, listClass, children }: PagedListProps<T>) {
  const [first, setFirst] = useState(0);
  return (
    <>
      <ul class={listClass}>{list.slice(first, first + ITEMS_PER_PAGE).map(children)}</ul>
      <Pager what={what} first={first} total={list.length} rows={ITEMS_PER_PAGE} go={setFirst} />
    </>
  );
}
