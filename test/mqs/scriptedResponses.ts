/** The response to one request. */
export type ScriptedResponse =
  | { kind: "well" }
  /** Another response, after a promise. */
  | { kind: "late"; after: Promise<unknown>; response: ScriptedResponse }
  | { kind: "tryAgainLater" }
  /** The body is sent as JSON. */
  | { kind: "status"; code: number; body: unknown; headers?: Record<string, string> }
  /** No response until the MQS is closed. */
  | { kind: "hang" }
  /** Half a response. */
  | { kind: "stall" }
  /** The server closes the connection without a response. */
  | { kind: "drop" }
  /** A 200 that is not JSON, as of a proxy. */
  | { kind: "garbage" };

export const normalResponse: ScriptedResponse = { kind: "well" };
/** A response that waits for a promise. */
export const delayedResponse = (after: Promise<unknown>, response: ScriptedResponse): ScriptedResponse => ({
  kind: "late",
  after,
  response,
});
export const tryAgainLaterResponse: ScriptedResponse = { kind: "tryAgainLater" };
export const hangResponse: ScriptedResponse = { kind: "hang" };
export const stallResponse: ScriptedResponse = { kind: "stall" };
export const dropResponse: ScriptedResponse = { kind: "drop" };
export const garbageResponse: ScriptedResponse = { kind: "garbage" };
/** A response with a status, by default with an error body. */
export const statusResponse = (
  code: number,
  body: unknown = { code, error: `scripted ${code}` },
  headers: Record<string, string> = {},
): ScriptedResponse => ({ kind: "status", code, body, headers });
