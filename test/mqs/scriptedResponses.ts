/** How one request is answered. */
export type ScriptedResponse =
  | { kind: "well" }
  /** Another answer, but only then. */
  | { kind: "late"; after: Promise<unknown>; answer: ScriptedResponse }
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

export const normalResponse: ScriptedResponse = { kind: "well" };
/** An answer that waits for a promise. */
export const delayedResponse = (after: Promise<unknown>, answer: ScriptedResponse): ScriptedResponse => ({
  kind: "late",
  after,
  answer,
});
export const tryAgainLaterResponse: ScriptedResponse = { kind: "tryAgainLater" };
export const hangResponse: ScriptedResponse = { kind: "hang" };
export const stallResponse: ScriptedResponse = { kind: "stall" };
export const dropResponse: ScriptedResponse = { kind: "drop" };
export const garbageResponse: ScriptedResponse = { kind: "garbage" };
/** An answer of any other sort; an error body is made up when none is given. */
export const statusResponse = (
  code: number,
  body: unknown = { code, error: `scripted ${code}` },
  headers: Record<string, string> = {},
): ScriptedResponse => ({ kind: "status", code, body, headers });
