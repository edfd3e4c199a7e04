import type { Logger } from "pino";

const MINUTE_MS = 60_000;

/** Logs the logins of operators that fail, and how many do. */
export class LoginFailureLog {
  readonly #log: Logger;
  #minute = 0;
  #count = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param address where it came from. Nothing that was typed goes here: people type passwords into the wrong field */
  record(address: string | undefined, reason: string): void {
    const minute = Math.floor(Date.now() / MINUTE_MS);
    this.#count = minute === this.#minute ? this.#count + 1 : 1;
    this.#minute = minute;
    this.#log.warn({ address, reason, failuresThisMinute: this.#count }, "an operator's login failed");
  }
}
