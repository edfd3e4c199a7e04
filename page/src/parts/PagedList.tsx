import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Pager } from "./Pager.tsx";

/** Items of one page: each is larger than a row. */
const ITEMS_PER_PAGE = 20;

/** A list of items that are larger than a row, a page at a time. */
export function PagedList<T>({
  what,
  list,
  look,
  children,
}: {
  what: string;
  list: readonly T[];
  look: string;
  children: (item: T) => ComponentChildren;
}) {
  const [first, setFirst] = useState(0);
  return (
    <>
      <ul class={look}>{list.slice(first, first + ITEMS_PER_PAGE).map(children)}</ul>
      <Pager what={what} first={first} total={list.length} rows={ITEMS_PER_PAGE} go={setFirst} />
    </>
  );
}
