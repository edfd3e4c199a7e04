import type { WithAllFields } from "./apiTypes.js";
import { ApiError } from "./clientErrors.js";

/**
 * The body of a response.
 *
 * @param call any call of the client: `client.GET(…)`, `client.POST(…)`
 * @throws ApiError for a status of 400 or more
 */
export async function unwrapResponse<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<WithAllFields<NonNullable<T>>> {
  const { data, error, response } = await call;
  if (!response.ok) throw apiErrorFrom(response, error);
  return data as WithAllFields<NonNullable<T>>;
}

/** The error of a response. @param body the service's `{code, error}`, or anything from a proxy */
export function apiErrorFrom({ status, statusText }: Response, body: unknown): ApiError {
  const reason = typeof body === "object" && body !== null && "error" in body ? body.error : undefined;
  return new ApiError(status, typeof reason === "string" ? reason : statusText || `status ${status}`);
}
