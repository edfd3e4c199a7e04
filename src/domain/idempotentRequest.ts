/** A request that takes effect once, however often its caller repeats it. */
export interface IdempotentRequest {
  /** Stands for the caller, the path and the key: the same name, the same request. Hexadecimal. */
  name: string;
  /** A digest of the body: the same request has the same. Hexadecimal. */
  digest: string;
}
