import fc from "fast-check";
import type { Redis } from "ioredis";
import type { OpenApiDocument } from "../api/conformanceClient.js";
import { type CreatedWorkflow, makeTaskRequest, makeWorkflowRequest } from "../api/requestBodies.js";
import type { CampaignTally } from "./campaignTally.js";
import { CreatedEntities } from "./createdEntities.js";
import { type Draft, type RawRequest, serializeDraft } from "./draft.js";
import { anyDraft, type RequestSchemas } from "./draftArbitrary.js";
import { hasEffect, predictEffects } from "./effects.js";
import { formatRequest } from "./formatRequest.js";
import { RawConnection, type RawOutcome } from "./rawConnection.js";
import { createResponseCheck, type ResponseCheck } from "./responseChecks.js";
import { changedKeys, digestStore, waitForQuietStore } from "./storeDigest.js";

/** A generated request, and the seed and path by which fast-check reproduces it. */
interface NumberedDraft {
  draft: Draft;
  seed: number;
  path: string;
  /** The sent bytes. A repetition sends the same bytes, so it names the same entities. */
  message?: RawRequest;
}

/** A sent request and its outcome. */
type SentRequest = Required<NumberedDraft> & { outcome: RawOutcome };

/** Concurrent connections. */
const CONNECTION_COUNT = 4;
/** Milliseconds without a response that count as a hang, even on a loaded machine. */
const HANG_TIMEOUT_MS = 20_000;
/** Workflows created before the first round. */
const INITIAL_WORKFLOW_COUNT = 5;
/** Milliseconds for shrinking a request that violates a rule. */
const SHRINK_TIMEOUT_MS = 20_000;
/** Changed keys shown in a violation. */
const MAX_NAMED_KEYS = 10;

/** Rounds of requests to one service. */
export class FuzzRounds {
  readonly #connections: RawConnection[];
  readonly #redis: Redis;
  readonly #drafts: fc.Arbitrary<Draft>;
  readonly #mayHaveEffect: (draft: Draft) => boolean;
  readonly #checkResponse: ResponseCheck;
  readonly #timeoutMs: number;
  readonly #tally: CampaignTally;
  readonly #entities = new CreatedEntities();

  private constructor(
    document: OpenApiDocument & RequestSchemas,
    connections: RawConnection[],
    redis: Redis,
    timeoutMs: number,
    tally: CampaignTally,
  ) {
    this.#connections = connections;
    this.#redis = redis;
    this.#drafts = fc.noBias(anyDraft(document));
    this.#mayHaveEffect = predictEffects(document);
    this.#checkResponse = createResponseCheck(document);
    this.#timeoutMs = timeoutMs;
    this.#tally = tally;
  }

  /** Connects to a service and creates the first workflows. @param timeoutMs longest allowed response time */
  static async start(port: number, redis: Redis, timeoutMs: number, tally: CampaignTally): Promise<FuzzRounds> {
    const url = `http://127.0.0.1:${port}/v1`;
    const document = (await (await fetch(`${url}/schema/openapi`)).json()) as OpenApiDocument & RequestSchemas;
    const connections = Array.from({ length: CONNECTION_COUNT }, () => new RawConnection(port, HANG_TIMEOUT_MS));
    const rounds = new FuzzRounds(document, connections, redis, timeoutMs, tally);
    for (let n = 0; n < INITIAL_WORKFLOW_COUNT; n++) {
      const body = JSON.stringify(
        makeWorkflowRequest([makeTaskRequest("test-alpha"), makeTaskRequest("test-beta", { n_workers: n })]),
      );
      const created = await fetch(`${url}/workflows`, { method: "POST", body });
      rounds.#entities.addCreated((await created.json()) as CreatedWorkflow);
    }
    return rounds;
  }

  /**
   * Runs a round. It first sends the requests that may take effect. Then it sends the others and repeats the refused
   * ones, which must not change the store.
   */
  async runRound(seed: number, size: number): Promise<void> {
    const all = fc
      .sample(this.#drafts, { seed, numRuns: size })
      .map((draft, index): NumberedDraft => ({ draft, seed, path: String(index) }));
    const effective = all.filter(({ draft }) => this.#mayHaveEffect(draft));
    const tried = await this.#sendAll(effective);
    const refused = [
      ...all.filter((numbered) => !effective.includes(numbered)),
      ...tried.filter(({ draft, outcome }) => isRefusal(outcome) && !mayBeEarly(draft)),
    ];
    const before = await waitForQuietStore(this.#redis);
    const sent = await this.#sendAll(refused);
    const changed = changedKeys(before, await digestStore(this.#redis));
    if (sent.some(({ draft, outcome }) => outcome.kind === "answer" && hasEffect(draft, outcome.answer)))
      this.#tally.skippedComparisons++;
    else {
      this.#tally.comparisons++;
      if (changed.length > 0) await this.#findOffender(refused, changed);
    }
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  /** Sends requests over all connections concurrently. */
  async #sendAll(numbered: readonly NumberedDraft[]): Promise<SentRequest[]> {
    const left = [...numbered];
    const sent: SentRequest[] = [];
    const faulty: NumberedDraft[] = [];
    const slow: SentRequest[] = [];
    const sendOver = async (connection: RawConnection) => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const { message = serializeDraft(next.draft, this.#entities) } = next;
        const { outcome, fault } = await this.#send(connection, next.draft, message);
        sent.push({ ...next, message, outcome });
        if (this.#isSlow(outcome)) slow.push({ ...next, message, outcome });
        if (fault === undefined) continue;
        faulty.push(next);
        this.#tally.addViolation(`${fault}\n${this.#describe({ ...next, message })}`);
      }
    };
    await Promise.all(this.#connections.map(sendOver));
    // Shrinking starts after all requests have ended, so that they cannot affect it.
    if (faulty[0] !== undefined) await this.#shrink(faulty[0]);
    for (const one of slow) await this.#resendAlone(one);
    return sent;
  }

  #isSlow = (outcome: RawOutcome): boolean => outcome.kind === "answer" && outcome.answer.durationMs > this.#timeoutMs;

  /** Measures a slow request without concurrent requests, some of which have bodies of ten megabytes. */
  async #resendAlone(one: SentRequest): Promise<void> {
    const [connection] = this.#connections;
    if (connection === undefined) return;
    const { outcome } = await this.#send(connection, one.draft, one.message);
    if (this.#isSlow(outcome))
      this.#tally.addViolation(`takes more than ${this.#timeoutMs} ms without other requests\n${this.#describe(one)}`);
  }

  async #send(
    connection: RawConnection,
    draft: Draft,
    message = serializeDraft(draft, this.#entities),
  ): Promise<{ outcome: RawOutcome; fault: string | undefined }> {
    const outcome = await connection.send(message);
    this.#tally.recordOutcome(draft.route, outcome);
    if (outcome.kind === "answer" && outcome.answer.status === 200 && draft.route === "POST /v1/workflows")
      this.#entities.addCreated(outcome.answer.body as CreatedWorkflow);
    return { outcome, fault: this.#checkResponse(message, outcome) };
  }

  /** Shrinks a request that violates a rule. */
  async #shrink({ seed, path }: NumberedDraft): Promise<void> {
    const [connection] = this.#connections;
    if (connection === undefined) return;
    const property = fc.asyncProperty(this.#drafts, async (draft) => {
      const { fault } = await this.#send(connection, draft);
      if (fault !== undefined) throw new Error(fault);
    });
    const found = await fc.check(property, { seed, path, interruptAfterTimeLimit: SHRINK_TIMEOUT_MS });
    const [draft] = found.counterexample ?? [];
    if (draft !== undefined)
      this.#tally.addViolation(`shrunk: ${found.errorInstance}\n${this.#describe({ draft, seed, path })}`);
  }

  /** Finds the refused request that changed the store. */
  async #findOffender(numbered: readonly NumberedDraft[], keys: readonly string[]): Promise<void> {
    const [connection] = this.#connections;
    const named = `refused requests changed ${keys.slice(0, MAX_NAMED_KEYS).join(", ")}`;
    for (const one of numbered) {
      const before = await digestStore(this.#redis);
      if (connection === undefined) break;
      await this.#send(connection, one.draft, one.message);
      const changed = changedKeys(before, await digestStore(this.#redis));
      if (changed.length === 0) continue;
      this.#tally.addViolation(`${named}; ${changed.join(", ")} again by\n${this.#describe(one)}`);
      return;
    }
    const { seed } = numbered[0] ?? { seed: 0 };
    this.#tally.addViolation(`${named}; no request of the round with seed ${seed} changes the store again`);
  }

  #describe({ draft, seed, path, message = serializeDraft(draft, this.#entities) }: NumberedDraft): string {
    return `${draft.route}, seed ${seed}, path ${path}: ${formatRequest(message.bytes)}`;
  }
}

/** Whether a repetition may succeed: a submission is refused until its taskforce has been launched. */
const mayBeEarly = ({ route }: Draft): boolean => route.startsWith("POST /v1/tms/condor-submit/");

const isRefusal = (outcome: RawOutcome): boolean => outcome.kind === "answer" && outcome.answer.status >= 400;
