import { isTaskforceUuid, isTaskId, isWorkflowId } from "../../domain/ids.js";
import { invalid } from "../../domain/wmsError.js";
import { type EntityKind, idOfMember } from "../../store/keys.js";

/** A position in the order of a walk: creation time in epoch seconds, then index member. */
export interface WalkPosition {
  readonly score: number;
  readonly member: string;
}

/** The direction of a walk by creation time. */
export type WalkOrder = "oldest" | "newest";

/** Whether a text has the format of an id of a kind. */
export const ID_CHECKS: Record<EntityKind, (text: string) => boolean> = {
  workflow: isWorkflowId,
  task: isTaskId,
  taskforce: isTaskforceUuid,
};

/** Compares positions. Members are ASCII, so JavaScript orders them as Redis does: byte by byte. */
export function comparePositions(one: WalkPosition, other: WalkPosition): number {
  return one.score - other.score || Number(one.member > other.member) - Number(one.member < other.member);
}

/** The comparison of positions in the order of a walk. */
export const positionComparer = (order: WalkOrder): typeof comparePositions =>
  order === "oldest" ? comparePositions : (one, other) => comparePositions(other, one);

/** Encodes a position for `next_after`. */
export const encodeCursor = ({ score, member }: WalkPosition): string =>
  Buffer.from(`${score}/${member}`).toString("base64url");

/**
 * Decodes a cursor.
 *
 * @returns undefined for "", the cursor of the first page
 * @throws WmsError `invalid` for any other text that {@link encodeCursor} does not make for this kind of entity
 */
export function decodeCursor(kind: EntityKind, cursor: string): WalkPosition | undefined {
  if (cursor === "") return undefined;
  const [time = "", member = ""] = Buffer.from(cursor, "base64url").toString("latin1").split("/");
  const position = { score: Number(time), member };
  const isWellFormed =
    Number.isFinite(position.score) && ID_CHECKS[kind](idOfMember(kind, member)) && encodeCursor(position) === cursor;
  if (!isWellFormed) throw invalid("after: is not the next_after of an earlier page");
  return position;
}
