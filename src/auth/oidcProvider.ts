import { createLocalJWKSet, errors, type FlattenedJWSInput, type JSONWebKeySet, type JWSHeaderParameters } from "jose";
import type { Logger } from "pino";
import { z } from "zod";
import { unavailable, type WmsError } from "../domain/wmsError.js";

/** Milliseconds after which keys are asked for again. */
const KEYS_FRESH_MS = 10 * 60_000;
/** Milliseconds that keys are used while the provider can't confirm them. */
const KEYS_MAX_AGE_MS = 24 * 3600_000;
/** An unknown key has them asked for again, but no sooner than this many milliseconds after the last time. */
const KEY_REFRESH_COOLDOWN_MS = 10_000;
/** Seconds after a failure before the provider is asked again. */
const RETRY_DELAY_SECONDS = 2;
/** Milliseconds that the provider has to answer. */
const PROVIDER_TIMEOUT_MS = 5000;

const WELL_KNOWN = "/.well-known/openid-configuration";

/** What an identity provider says of itself (OpenID Connect Discovery 1.0). */
export interface ProviderMetadata {
  issuer: string;
  jwks_uri: string;
  [more: string]: unknown;
}

interface ProviderSnapshot {
  metadata: ProviderMetadata;
  keys: ReturnType<typeof createLocalJWKSet>;
  /** Epoch milliseconds. */
  fetchedAtMs: number;
}

/**
 * An OpenID Connect provider, asked when something is needed of it and remembered. All that it is asked for fails with a
 * WmsError `unavailable` while it is away, or answers with something else than what it should.
 */
export class OidcProvider {
  readonly #url: string;
  readonly #log: Logger;
  #snapshot: ProviderSnapshot | undefined;
  #refreshInFlight: Promise<ProviderSnapshot> | undefined;
  #failure: { since: number; error: WmsError } | undefined;

  /** @param url the issuer's address, or that of its discovery document */
  constructor(url: string, log: Logger) {
    this.#url = normalizeIssuerUrl(url);
    this.#log = log;
  }

  /** Asks ahead of the first request, so that the log tells at once when the provider is away. */
  async warmUp(): Promise<void> {
    await this.#currentSnapshot().catch(() => undefined);
  }

  async metadata(): Promise<ProviderMetadata> {
    return (await this.#currentSnapshot()).metadata;
  }

  /**
   * The public key that a token's header names.
   *
   * @throws JWKSNoMatchingKey and other errors of jose that are about the token
   */
  readonly findKey = async (header: JWSHeaderParameters, token: FlattenedJWSInput) => {
    const known = await this.#currentSnapshot();
    try {
      return await known.keys(header, token);
    } catch (error) {
      const mayBeNew = error instanceof errors.JWKSNoMatchingKey && ageMs(known.fetchedAtMs) >= KEY_REFRESH_COOLDOWN_MS;
      if (!mayBeNew) throw error;
      return (await this.#refresh()).keys(header, token);
    }
  };

  async #currentSnapshot(): Promise<ProviderSnapshot> {
    const known = this.#snapshot;
    if (known === undefined || ageMs(known.fetchedAtMs) >= KEYS_MAX_AGE_MS) return this.#refresh();
    if (ageMs(known.fetchedAtMs) < KEYS_FRESH_MS) return known;
    const renewal = this.#refresh().catch(() => known);
    // One that failed may take long to fail again: nobody waits for that while the old keys will do.
    return this.#failure === undefined ? renewal : known;
  }

  /** Asks once for all who need it at the same time, and fails at once shortly after a failure. */
  #refresh(): Promise<ProviderSnapshot> {
    if (this.#failure !== undefined && ageMs(this.#failure.since) < 1000 * RETRY_DELAY_SECONDS)
      return Promise.reject(this.#failure.error);
    this.#refreshInFlight ??= this.#fetchAndStore().finally(() => {
      this.#refreshInFlight = undefined;
    });
    return this.#refreshInFlight;
  }

  async #fetchAndStore(): Promise<ProviderSnapshot> {
    try {
      this.#snapshot = await fetchProviderSnapshot(this.#url);
      if (this.#failure !== undefined) this.#log.info("the identity provider answers again");
      this.#failure = undefined;
      return this.#snapshot;
    } catch (cause) {
      if (this.#failure === undefined)
        this.#log.warn({ err: cause, url: this.#url }, "the identity provider does not tell its keys");
      const error = unavailable("the identity provider is not available, try again later", cause, RETRY_DELAY_SECONDS);
      this.#failure = { since: Date.now(), error };
      throw error;
    }
  }
}

const ageMs = (epochMs: number): number => Date.now() - epochMs;

const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) });

async function fetchProviderSnapshot(url: string): Promise<ProviderSnapshot> {
  const signal = AbortSignal.timeout(PROVIDER_TIMEOUT_MS);
  // Keys that come over an open line could be anybody's.
  const address = z.url({ protocol: url.startsWith("https:") ? /^https$/ : /^https?$/ });
  const schema = z.looseObject({ issuer: z.string(), jwks_uri: address });
  const metadata = schema.parse(await fetchJson(url + WELL_KNOWN, signal));
  if (normalizeIssuerUrl(metadata.issuer) !== url)
    throw new Error(`the provider at ${url} calls itself ${metadata.issuer}`);
  const keySet = keySetSchema.parse(await fetchJson(metadata.jwks_uri, signal));
  return { metadata, keys: createLocalJWKSet(keySet as JSONWebKeySet), fetchedAtMs: Date.now() };
}

/** The issuer's address without a slash at the end, from the one or the other address that people give. */
const normalizeIssuerUrl = (url: string): string => url.replace(/\/*(\.well-known\/openid-configuration\/*)?$/, "");

async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, { redirect: "error", signal, headers: { accept: "application/json" } });
  if (response.status !== 200) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response.json();
}
