import { createLocalJWKSet, errors, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters } from "jose";
import type { Logger } from "pino";
import { z } from "zod";
import { sharePending } from "../domain/sharePending.js";
import type { UpstreamOutcomes } from "../domain/upstreamOutcomes.js";
import { unavailable, type WmsError } from "../domain/wmsError.js";

/** Age at which keys are fetched again. */
const KEYS_FRESH_MS = 10 * 60_000;
/** Cached keys stay valid for this long while the provider is unreachable. */
const KEYS_MAX_AGE_MS = 24 * 3600_000;
/** A token with an unknown key makes the keys be fetched again, but not more often than this. */
const KEY_REFRESH_COOLDOWN_MS = 5000;
/** Names of missing keys that are remembered. */
const MAX_MISSING_KEYS = 1000;
/** Wait after a failed fetch. */
const RETRY_DELAY_SECONDS = 2;
/** Time between two fetches without a request, until the provider answers again. */
const RETRY_INTERVAL_MS = 5000;
/** Time limit of a fetch. */
const PROVIDER_TIMEOUT_MS = 5000;

const WELL_KNOWN = "/.well-known/openid-configuration";

/** The provider's discovery document (OpenID Connect Discovery 1.0). */
export interface ProviderMetadata {
  issuer: string;
  jwks_uri: string;
  [more: string]: unknown;
}

interface ProviderSnapshot {
  metadata: ProviderMetadata;
  keys: ReturnType<typeof createLocalJWKSet>;
  /** Names of the keys. */
  keyNames: ReadonlySet<string>;
  /** Names that were known or asked for before the fetch and are not among these: tokens with them are invalid. */
  missingKeys: Set<string>;
  /** Milliseconds of `performance.now()`: the date of this machine may be corrected. */
  fetchedAtMs: number;
}

/**
 * An OpenID Connect provider, whose metadata and keys are fetched on demand and cached. Its methods throw a WmsError
 * `unavailable` while the provider is unreachable or its responses are invalid.
 */
export class OidcProvider {
  readonly #url: string;
  readonly #log: Logger;
  #snapshot: ProviderSnapshot | undefined;
  #failure: { failedAtMs: number; error: WmsError } | undefined;

  #retryTimer: NodeJS.Timeout | undefined;
  readonly #outcomes: UpstreamOutcomes | undefined;
  readonly #otherIssuers: readonly string[];

  /**
   * @param url the address of the issuer, or of its discovery document
   * @param options `outcomes`: records whether the provider answers; `otherIssuers`: names of the same issuer under other
   *   host names
   */
  constructor(
    url: string,
    log: Logger,
    { outcomes, otherIssuers = [] }: { outcomes?: UpstreamOutcomes | undefined; otherIssuers?: readonly string[] } = {},
  ) {
    this.#url = normalizeIssuerUrl(url);
    this.#log = log;
    this.#outcomes = outcomes;
    this.#otherIssuers = otherIssuers;
  }

  /** Fetches ahead of the first request, so that an unreachable provider is logged at once. */
  async warmUp(): Promise<void> {
    await this.#currentSnapshot().catch(() => undefined);
  }

  async metadata(): Promise<ProviderMetadata> {
    return (await this.#currentSnapshot()).metadata;
  }

  /** Returns the issuers whose tokens this provider signs. */
  async issuers(): Promise<string[]> {
    return [(await this.metadata()).issuer, ...this.#otherIssuers];
  }

  /**
   * Returns the public key that a token's header names.
   *
   * @throws JWKSNoMatchingKey and other errors of jose for an invalid token; WmsError `unavailable` for an unknown key while
   *   the keys may not be fetched again: the provider may have changed them
   */
  readonly findKey = async (header: JWSHeaderParameters, token: FlattenedJWSInput) => {
    const known = await this.#currentSnapshot();
    try {
      return await known.keys(header, token);
    } catch (error) {
      const key = header.kid ?? "";
      if (!(error instanceof errors.JWKSNoMatchingKey) || known.missingKeys.has(key)) throw error;
      const waitMs = KEY_REFRESH_COOLDOWN_MS - ageMs(known.fetchedAtMs);
      if (waitMs > 0)
        throw unavailable(
          "the keys of the identity provider may be out of date, try again later",
          error,
          waitMs / 1000,
        );
      const renewed = await this.#refresh();
      return renewed.keys(header, token).catch((stillMissing: unknown) => {
        if (renewed.missingKeys.size < MAX_MISSING_KEYS) renewed.missingKeys.add(key);
        throw stillMissing;
      });
    }
  };

  async #currentSnapshot(): Promise<ProviderSnapshot> {
    const known = this.#snapshot;
    if (known === undefined || ageMs(known.fetchedAtMs) >= KEYS_MAX_AGE_MS) return this.#refresh();
    if (ageMs(known.fetchedAtMs) < KEYS_FRESH_MS) return known;
    const renewal = this.#refresh().catch(() => known);
    // After a failure, requests use the old keys instead of waiting for the time limit of the next fetch.
    return this.#failure === undefined ? renewal : known;
  }

  /** Concurrent callers share one fetch. Shortly after a failure it fails at once. */
  readonly #refresh = sharePending(async (): Promise<ProviderSnapshot> => {
    if (this.#failure !== undefined && ageMs(this.#failure.failedAtMs) < 1000 * RETRY_DELAY_SECONDS)
      throw this.#failure.error;
    const startedAtMs = performance.now();
    try {
      const withdrawn = this.#snapshot?.keyNames ?? new Set();
      this.#snapshot = await fetchProviderSnapshot(this.#url, this.#otherIssuers);
      for (const name of withdrawn) if (!this.#snapshot.keyNames.has(name)) this.#snapshot.missingKeys.add(name);
      if (this.#failure !== undefined) this.#log.info("the identity provider answers again");
      this.#failure = undefined;
      this.#outcomes?.recordSuccess(performance.now() - startedAtMs);
      return this.#snapshot;
    } catch (cause) {
      this.#outcomes?.recordFailure(cause);
      if (this.#failure === undefined)
        this.#log.warn({ err: cause, url: this.#url }, "cannot fetch the keys of the identity provider, retrying");
      const error = unavailable("the identity provider is not available, try again later", cause, RETRY_DELAY_SECONDS);
      this.#failure = { failedAtMs: performance.now(), error };
      this.#retryLater();
      throw error;
    }
  });

  /** Fetches again, so that the outcomes show without a request that the provider answers again. */
  #retryLater(): void {
    this.#retryTimer ??= setTimeout(() => {
      this.#retryTimer = undefined;
      this.#refresh().catch(() => this.#retryLater());
    }, RETRY_INTERVAL_MS).unref();
  }
}

const ageMs = (atMs: number): number => performance.now() - atMs;

const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

async function fetchProviderSnapshot(url: string, otherIssuers: readonly string[]): Promise<ProviderSnapshot> {
  const signal = AbortSignal.timeout(PROVIDER_TIMEOUT_MS);
  // A provider with TLS must not name an address of its keys without TLS.
  const address = z.url({ protocol: url.startsWith("https:") ? /^https$/ : /^https?$/ });
  const schema = z.looseObject({ issuer: z.string(), jwks_uri: address });
  const metadata = schema.parse(await fetchJson(url + WELL_KNOWN, signal));
  if (![url, ...otherIssuers].includes(normalizeIssuerUrl(metadata.issuer)))
    throw new Error(`the provider at ${url} has another issuer: ${metadata.issuer}; AUTH_OPENID_ISSUERS may allow it`);
  const keySet = keySetSchema.parse(await fetchJson(metadata.jwks_uri, signal));
  const keys = createLocalJWKSet(keySet as JSONWebKeySet);
  const keyNames = new Set(keySet.keys.map(({ kid }) => (typeof kid === "string" ? kid : "")));
  return { metadata, keys, keyNames, missingKeys: new Set(), fetchedAtMs: performance.now() };
}

/** Strips trailing slashes and the path of the discovery document. */
const normalizeIssuerUrl = (url: string): string => url.replace(/\/*(\.well-known\/openid-configuration\/*)?$/, "");

async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { redirect: "error", signal, headers: { accept: "application/json" } });
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response.json();
}
