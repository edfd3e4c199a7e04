/** A request with an effect that its client may repeat, because it does not know whether the request took effect. */
export type RepeatableRequest = KeyedRequest | PlainRequest;

/** A request with an `Idempotency-Key`. It takes effect only once. */
export interface KeyedRequest {
  readonly kind: "keyed";
  /** Hexadecimal digest of the caller, the path and the key. */
  readonly name: string;
  /** Hexadecimal digest of the body. */
  readonly digest: string;
}

/** A request without a key. It takes effect each time, unless the response to an equal request was lost. */
export interface PlainRequest {
  readonly kind: "plain";
  /** Digest of the caller, the path and the body. */
  readonly name: string;
  readonly onEnd: OnResponseEnd;
}

/**
 * Calls back once: when a response without an error was handed to the operating system, or when that can no longer happen.
 */
export type OnResponseEnd = (callback: (isDelivered: boolean) => void) => void;
