/** The live sessions of signed-in people, for all web processes. Its methods throw when Redis does not answer. */
export interface SessionStore {
  add(id: string, value: string, ttlSeconds: number): Promise<void>;
  /** @returns the value of a session; undefined when it has ended */
  find(id: string): Promise<string | undefined>;
  /** Ends a session. @returns its value; undefined when it had ended */
  remove(id: string): Promise<string | undefined>;
}
