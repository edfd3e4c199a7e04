import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { LookupFunction } from "node:net";
import { valueWithin } from "../domain/time.js";
import { type CheckedAddress, RefusedAddress, refusalOfUrl, resolveChecked } from "./publicAddress.js";

/** Bytes of a response's body that are read, so that the receiver can end it in order. */
const MAX_RESPONSE_BYTES = 64 * 1024;

/** A request to a receiver. */
export interface WebhookRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Whether private and local addresses and http are allowed. */
  allowPrivate: boolean;
  /** Milliseconds for the whole request: DNS, connection, response. */
  timeoutMs: number;
}

/** The receiver did not answer in time. */
class TimedOut extends Error {
  override name = "TimedOut";
}

/**
 * Sends one POST request on a connection of its own to an address that was checked. Redirects are not followed.
 *
 * @returns the status of the response, whose body is ignored
 * @throws RefusedAddress; another error when there is no response
 */
export async function sendOnce({ allowPrivate, timeoutMs, ...request }: WebhookRequest): Promise<number> {
  const startMs = performance.now();
  const refusal = refusalOfUrl(request.url, allowPrivate);
  if (refusal !== undefined) throw new RefusedAddress(`the address ${refusal}`);
  const url = new URL(request.url);
  // Node can't cancel a query to DNS.
  const addresses = await valueWithin(timeoutMs, resolveChecked(url, allowPrivate));
  const leftMs = timeoutMs - (performance.now() - startMs);
  if (addresses === undefined || leftMs <= 0) throw new TimedOut(`DNS did not answer within ${timeoutMs / 1000} s`);
  const signal = AbortSignal.timeout(Math.ceil(leftMs));
  try {
    return await post(url, request, addresses, signal);
  } catch (error) {
    if (signal.aborted) throw new TimedOut(`the receiver did not answer within ${timeoutMs / 1000} s`);
    throw error;
  }
}

function post(
  url: URL,
  { headers, body }: Pick<WebhookRequest, "headers" | "body">,
  addresses: readonly CheckedAddress[],
  signal: AbortSignal,
): Promise<number> {
  // Node asks for all addresses, or for one. It derives the name for TLS and the header Host from the URL.
  const lookup: LookupFunction = (_host, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else if (first === undefined) callback(new Error("the host has no address"), "", 0);
    else callback(null, first.address, first.family);
  };
  const sendRequest = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    // Without an agent, no connection is shared or kept.
    const request = sendRequest(url, {
      method: "POST",
      agent: false,
      lookup,
      signal,
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
    });
    request.on("error", reject);
    // Node closes the connection without an error after a 101, which is no response.
    request.on("close", () => reject(new Error("the receiver closed the connection without an answer")));
    request.on("response", (response) => {
      ignoreBody(response);
      resolve(response.statusCode ?? 0);
    });
    request.end(body);
  });
}

/** Reads the beginning of a body and drops it. */
function ignoreBody(response: IncomingMessage): void {
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_RESPONSE_BYTES) response.destroy();
  });
  // The status has arrived already.
  response.on("error", () => {});
}
