import type { Logger } from "pino";

const MINUTE_MS = 60_000;

/** Logs failed logins of operators, with their number in the current minute. */
export class LoginFailureLog {
  readonly #log: Logger;
  #minute = 0;
  #count = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param reason holds no user input: people type passwords into the wrong field */
  record(address: string | undefined, reason: string): void {
    const minute = Math.floor(Date.now() / MINUTE_MS);
    this.#count = minute === this.#minute ? this.#count + 1 : 1;
    this.#minute = minute;
    this.#log.warn({ address, reason, failuresThisMinute: this.#count }, "an operator's login failed");
  }
}
