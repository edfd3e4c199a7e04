import type { Whole } from "./entityTypes.js";
import { Refusal } from "./clientErrors.js";

/** What a call of the client is fulfilled with. */
interface Called<T> {
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
export async function answerOf<T>(call: Promise<Called<T>>): Promise<Whole<NonNullable<T>>> {
  const { data, error, response } = await call;
  if (!response.ok) throw refusalOf(response, error);
  return data as Whole<NonNullable<T>>;
}

/** @param body what came with an answer from 400 on: the service's `{code, error}`, or whatever stands before it wrote */
export function refusalOf({ status, statusText }: Response, body: unknown): Refusal {
  const told = typeof body === "object" && body !== null && "error" in body ? body.error : undefined;
  return new Refusal(status, typeof told === "string" ? told : statusText || `status ${status}`);
}
