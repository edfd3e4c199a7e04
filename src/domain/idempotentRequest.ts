/** A request that takes effect only once, although its caller may repeat it. */
export interface IdempotentRequest {
  /** Hexadecimal digest of the caller, the path and the key. */
  name: string;
  /** Hexadecimal digest of the body. */
  digest: string;
}
