import { formatNumber } from "../../../client/src/format.js";

/** Rows of one page: ten thousand rows would be slow. */
export const ROWS_PER_PAGE = 50;

/** Buttons for the pages of a long list. @param more whether more than `total` rows exist, which are not loaded yet */
export function Pager({
  what,
  first,
  total,
  more = false,
  rows = ROWS_PER_PAGE,
  go,
}: {
  what: string;
  first: number;
  total: number;
  more?: boolean;
  rows?: number;
  go: (first: number) => void;
}) {
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
