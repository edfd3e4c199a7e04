import type { Request, Response } from "express";
import { Places } from "../../domain/places.js";
import { sha256OfBytes } from "../../domain/sha256.js";
import { createYielder } from "../../domain/time.js";
import { mayExceed, readBodyBytes } from "./bodyBytes.js";
import type { BodyLimits } from "./bodyLimits.js";
import { parseBody } from "./parseBody.js";
import { callerKeyOf } from "./rateLimit.js";
import { isIdentifiedByBody } from "./repeatableRequest.js";
import { requestContextOf } from "./requestContext.js";
import { bodyTooLarge, disconnectSignal, SYNC_TEXT_MAX_LENGTH } from "./responses.js";
import type { Route } from "./route.js";
import { validateBody } from "./validateBody.js";

/** A larger body waits for a place before it is read. */
export const LARGE_BODY_BYTES = 1024 * 1024;
/** Large bodies in memory at a time. */
const MAX_LARGE_BODIES = 3;
/** Fewer than all, so that the slow bodies of one caller do not keep out those of others. */
const MAX_LARGE_BODIES_PER_CALLER = 2;
/** Each takes up to four times its size while it is parsed. Several at once would end no sooner. */
const MAX_LARGE_PARSES = 1;

/**
 * Reads, parses and validates the bodies of requests, and only a few large ones at a time. The others stay in the network
 * until it is their turn.
 */
export class BodyReader {
  readonly #places = new Places(MAX_LARGE_BODIES, MAX_LARGE_BODIES_PER_CALLER);
  readonly #parses = new Places(MAX_LARGE_PARSES);

  /**
   * Reads a body.
   *
   * @returns the typed body, undefined if the route declares none; and the digest of its bytes if a repeatable route needs it
   * @throws HttpError 413; WmsError `invalid`; ClientGoneError
   */
  async read(
    { body, bodyLimits, isRepeatable }: Route,
    limits: BodyLimits,
    request: Request,
    response: Response,
  ): Promise<{ body: unknown; bodyDigest: string }> {
    // A body that is too large does not wait.
    if (Number(request.headers["content-length"]) > limits.bytes) throw bodyTooLarge(limits.bytes);
    const leave = mayExceed(request, LARGE_BODY_BYTES) ? await takePlace(this.#places, request, response) : undefined;
    if (leave !== undefined) response.once("close", leave);
    const withDigest = isRepeatable === true && isIdentifiedByBody(request);
    const { json, length, digest } = await this.#readJson(limits, request, response, withDigest);
    const parsed = body && (await validateBody(body.schema, json, length > SYNC_TEXT_MAX_LENGTH));
    // A query may run for long, but what its own limits allow is small.
    if (bodyLimits !== undefined || length <= LARGE_BODY_BYTES) leave?.();
    return { body: parsed, bodyDigest: digest };
  }

  /** Reads and parses a body. Releases its bytes. */
  async #readJson(limits: BodyLimits, request: Request, response: Response, withDigest: boolean) {
    const bytes = await readBodyBytes(request, response, limits.bytes);
    if (bytes === undefined) return { json: {}, length: 0, digest: "" };
    const digest = withDigest ? await sha256OfBytes(bytes, createYielder()) : "";
    const leave = bytes.length > LARGE_BODY_BYTES ? await takePlace(this.#parses, request, response) : undefined;
    try {
      return { json: await parseBody(bytes, limits), length: bytes.length, digest };
    } finally {
      leave?.();
    }
  }
}

const takePlace = (places: Places, request: Request, response: Response): Promise<() => void> =>
  places.take(callerKeyOf(request, requestContextOf(response).caller), disconnectSignal(response));
