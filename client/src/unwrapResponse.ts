import { ApiError } from "./clientErrors.js";
import type { WithAllFields } from "./entityTypes.js";

/** What a call of the client is fulfilled with. */
interface ApiCallResult<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/**
 * The body of an answer.
 *
 * @param call any call of the client: `client.GET(…)`, `client.POST(…)`
 * @throws Refusal for a status from 400 on
 */
export async function unwrapResponse<T>(call: Promise<ApiCallResult<T>>): Promise<WithAllFields<NonNullable<T>>> {
  const { data, error, response } = await call;
  if (!response.ok) throw apiErrorFrom(response, error);
  return data as WithAllFields<NonNullable<T>>;
}

/** @param body what came with an answer from 400 on: the service's `{code, error}`, or whatever stands before it wrote */
export function apiErrorFrom({ status, statusText }: Response, body: unknown): ApiError {
  const reason = typeof body === "object" && body !== null && "error" in body ? body.error : undefined;
  return new ApiError(status, typeof reason === "string" ? reason : statusText || `status ${status}`);
}
