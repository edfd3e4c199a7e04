import type { Logger } from "pino";
import { sha256Hex } from "../domain/sha256.js";

const MINUTE_MS = 60_000;
/** Failed logins from one address, or for one name, before further ones are refused until the minute is over. */
export const MAX_LOGIN_FAILURES = 10;

/** The failed logins of a key in its current minute. */
export interface FailureCount {
  failures: number;
  /** Seconds until the minute is over. */
  secondsLeft: number;
}

/** Counts failed logins for all web processes. */
export interface LoginFailureCounter {
  read(key: string): Promise<FailureCount>;
  /** Counts a failure. @returns the failures with this one */
  add(key: string): Promise<FailureCount>;
}

/** Where a login comes from. */
export interface LoginSource {
  /** For the log. */
  address: string | undefined;
  /** The same for all addresses of one sender. */
  addressKey: string;
  /** The given name; undefined when the identity provider asks for it. */
  name?: string;
}

/**
 * Counts, throttles and logs failed logins.
 *
 * After {@link MAX_LOGIN_FAILURES} failures from an address, right passwords are refused like wrong ones: otherwise the
 * throttle would not slow down guessing. Failures for a name, from any addresses, refuse only addresses with a failure of
 * their own: otherwise a stranger could lock an operator out.
 */
export class LoginFailures {
  readonly #counter: LoginFailureCounter;
  readonly #log: Logger;
  #minute = 0;
  #count = 0;

  constructor(counter: LoginFailureCounter, log: Logger) {
    this.#counter = counter;
    this.#log = log;
  }

  /**
   * Counts a failed login.
   *
   * @param reason holds no user input: people type passwords into the wrong field
   * @returns 0, or the seconds until the next login is allowed
   */
  async record({ address, addressKey, name }: LoginSource, reason: string): Promise<number> {
    this.#logFailure(address, reason);
    const ofAddress = await this.#counter.add(addressKey);
    // One address alone can't use up the logins of a name for long.
    if (ofAddress.failures > MAX_LOGIN_FAILURES) return ofAddress.secondsLeft;
    const ofName = name === undefined ? NO_FAILURES : await this.#counter.add(nameKeyOf(name));
    return ofName.failures > MAX_LOGIN_FAILURES ? ofName.secondsLeft : 0;
  }

  /**
   * Checks whether a login may succeed.
   *
   * @returns 0, or the seconds until the next login is allowed
   */
  async secondsUntilAllowed({ address, addressKey, name }: LoginSource): Promise<number> {
    const [ofAddress, ofName] = await Promise.all([
      this.#counter.read(addressKey),
      name === undefined ? NO_FAILURES : this.#counter.read(nameKeyOf(name)),
    ]);
    const seconds = secondsToWait(ofAddress, ofName);
    if (seconds > 0) this.#logFailure(address, "too many failed logins");
    return seconds;
  }

  #logFailure(address: string | undefined, reason: string): void {
    const minute = Math.floor(performance.now() / MINUTE_MS);
    this.#count = minute === this.#minute ? this.#count + 1 : 1;
    this.#minute = minute;
    this.#log.warn({ address, reason, failuresThisMinute: this.#count }, "an operator's login failed");
  }
}

const NO_FAILURES: FailureCount = { failures: 0, secondsLeft: 0 };

function secondsToWait(ofAddress: FailureCount, ofName: FailureCount): number {
  if (ofAddress.failures >= MAX_LOGIN_FAILURES) return ofAddress.secondsLeft;
  const isNameThrottled = ofName.failures >= MAX_LOGIN_FAILURES && ofAddress.failures > 0;
  return isNameThrottled ? Math.min(ofAddress.secondsLeft, ofName.secondsLeft) : 0;
}

/** The hash has a fixed length, and hides a password that was typed as a name. */
const nameKeyOf = (name: string): string => `name ${sha256Hex(name)}`;
