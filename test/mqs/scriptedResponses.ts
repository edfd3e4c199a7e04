/** How one request is answered. */
export type ScriptedAnswer =
  | { kind: "well" }
  /** Another answer, but only then. */
  | { kind: "late"; after: Promise<unknown>; answer: ScriptedAnswer }
  | { kind: "tryAgainLater" }
  /** The body is sent as JSON. */
  | { kind: "status"; code: number; body: unknown; headers?: Record<string, string> }
  /** No answer at all, until the MQS is closed. */
  | { kind: "hang" }
  /** Half an answer, and then nothing more. */
  | { kind: "stall" }
  /** The connection is cut without an answer. */
  | { kind: "drop" }
  /** A 200 that is not JSON, as of a proxy. */
  | { kind: "garbage" };

export const well: ScriptedAnswer = { kind: "well" };
/** An answer that waits for a promise. */
export const late = (after: Promise<unknown>, answer: ScriptedAnswer): ScriptedAnswer => ({
  kind: "late",
  after,
  answer,
});
export const tryAgainLater: ScriptedAnswer = { kind: "tryAgainLater" };
export const hang: ScriptedAnswer = { kind: "hang" };
export const stall: ScriptedAnswer = { kind: "stall" };
export const drop: ScriptedAnswer = { kind: "drop" };
export const garbage: ScriptedAnswer = { kind: "garbage" };
/** An answer of any other sort; an error body is made up when none is given. */
export const status = (
  code: number,
  body: unknown = { code, error: `scripted ${code}` },
  headers: Record<string, string> = {},
): ScriptedAnswer => ({ kind: "status", code, body, headers });
