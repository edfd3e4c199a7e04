import { invalid } from "../../domain/wmsError.js";
import { isTaskforceUuid, isTaskId, isWorkflowId } from "../../domain/ids.js";
import { idOfMember, type Kind } from "../../store/keys.js";

/** A place in the order of a walk: creation time in epoch seconds, then index member. */
export interface Position {
  readonly score: number;
  readonly member: string;
}

const IS_ID: Record<Kind, (text: string) => boolean> = {
  workflow: isWorkflowId,
  task: isTaskId,
  taskforce: isTaskforceUuid,
};

/** The order of a walk. Members are ASCII, so that JavaScript's order is the order of Redis: byte by byte. */
export function comparePositions(one: Position, other: Position): number {
  if (one.score !== other.score) return one.score - other.score;
  return one.member === other.member ? 0 : one.member < other.member ? -1 : 1;
}

/** A position as the caller sees it, in `next_after`. */
export const encodeCursor = ({ score, member }: Position): string =>
  Buffer.from(`${score}/${member}`).toString("base64url");

/**
 * Reads a cursor back.
 *
 * @throws WmsError `invalid` for anything that {@link encodeCursor} could not have made for this kind of entity
 */
export function decodeCursor(kind: Kind, cursor: string): Position {
  const [time = "", member = ""] = Buffer.from(cursor, "base64url").toString("latin1").split("/");
  const position = { score: Number(time), member };
  const isWellFormed =
    Number.isFinite(position.score) &&
    IS_ID[kind](idOfMember(kind, member)) &&
    encodeCursor(position) === cursor;
  if (!isWellFormed) throw invalid("after: is not the next_after of an earlier page");
  return position;
}
