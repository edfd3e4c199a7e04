import { signal } from "@preact/signals";

/** The service answered, and said no. */
export class Refusal extends Error {
  override name = "Refusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The service did not answer, or can't serve for now: it will come back. */
export class Away extends Error {
  override name = "Away";
}

/** Whether the service knows the reader no more: only loading the page again helps. */
export const signedOut = signal(false);

/** Milliseconds for one answer: that of ten thousand taskforces takes a while. */
const PATIENCE = 60_000;

/** An answer, with all of its body. */
interface Answer {
  status: number;
  text: string;
}

/**
 * Asks the API.
 *
 * @returns the answer, which is JSON of the shape that the route has
 * @throws Refusal for an answer of 400 or more, Away for none, or a 503
 */
export async function call<T>(
  method: "GET" | "POST",
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  const ask = () => attempt(method, path, body, headers);
  const first = await ask();
  const answer = first.status === 401 && (await renewed()) ? await ask() : first;
  if (answer.status < 400) return JSON.parse(answer.text) as T;
  const reason = reasonOf(answer);
  if (answer.status === 401) signedOut.value = true;
  if (answer.status === 503 || answer.status === 502) throw new Away(reason);
  throw new Refusal(answer.status, reason);
}

async function attempt(
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> {
  try {
    const response = await fetch(path, {
      method,
      headers: { accept: "application/json", ...headers },
      signal: AbortSignal.timeout(PATIENCE),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    // Within the try: an answer may break off.
    return { status: response.status, text: await response.text() };
  } catch {
    throw new Away("the service does not answer");
  }
}

/** A browser sends a password on its own only below an address that asked for it: `/` is above all others. */
const renewed = (): Promise<boolean> =>
  fetch("/", { headers: { accept: "text/html" } }).then(
    ({ ok }) => ok,
    () => false,
  );

/** A proxy's error is none of the service's, and may be a page. */
function reasonOf({ status, text }: Answer): string {
  try {
    const { error } = JSON.parse(text) as { error?: string };
    if (error !== undefined) return error;
  } catch {}
  return `the service answered ${status}`;
}
