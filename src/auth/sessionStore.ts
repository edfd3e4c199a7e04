/** The operators' live sessions, for all web processes. Its methods throw when Redis does not answer. */
export interface SessionStore {
  add(id: string, value: string, ttlSeconds: number): Promise<void>;
  /** Whether a session has not ended. */
  has(id: string): Promise<boolean>;
  /** Ends a session. @returns its value; undefined when it had ended */
  remove(id: string): Promise<string | undefined>;
}
