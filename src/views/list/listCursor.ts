import { isWorkflowId } from "../../domain/ids.js";
import { invalid } from "../../domain/wmsError.js";
import { LIST_ORDERS, type ListOrder } from "../../domain/workflowDigest.js";
import { idOfMember } from "../../store/keys.js";
import type { ListPosition } from "./workflowWalk.js";

/** Where a page ends. */
export interface ListCursor {
  /** The number of the section; see `listOrders.ts`. */
  readonly section: number;
  /** Undefined: before the first of the section. */
  readonly after: ListPosition | undefined;
}

/** The cursor of the first page. */
export const FIRST_PAGE: ListCursor = { section: 0, after: undefined };

/** Encodes the end of a page for `next_after`. */
export function encodeListCursor(order: ListOrder, { section, after }: ListCursor): string {
  const place = after === undefined ? [] : [after.score, after.member];
  return Buffer.from([order, section, ...place].join("/")).toString("base64url");
}

/** Decodes `after`. @throws WmsError `invalid` for a text that {@link encodeListCursor} does not make for this order */
export function decodeListCursor(order: ListOrder, cursor: string | undefined): ListCursor {
  if (cursor === undefined || cursor === "") return FIRST_PAGE;
  const [name = "", section = "", score, member] = Buffer.from(cursor, "base64url").toString("latin1").split("/");
  const isPlace =
    score !== undefined &&
    member !== undefined &&
    Number.isFinite(Number(score)) &&
    isWorkflowId(idOfMember("workflow", member));
  const after = isPlace ? { score, member } : undefined;
  const decoded = { section: Number(section), after };
  if (/^\d$/.test(section) && encodeListCursor(name as ListOrder, decoded) === cursor) {
    if (name === order) return decoded;
    if (LIST_ORDERS.includes(name as ListOrder)) throw invalid(`after: belongs to a list that is sorted by ${name}`);
  }
  throw invalid("after: is not the next_after of an earlier page");
}
