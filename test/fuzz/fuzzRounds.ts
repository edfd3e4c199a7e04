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

/** A made-up request, and by what fast-check makes it up again. */
interface NumberedDraft {
  draft: Draft;
  seed: number;
  path: string;
  /** Its bytes, once it was sent: repeated, it is about the same entities. */
  message?: RawRequest;
}

/** A request that was sent. */
type SentRequest = Required<NumberedDraft> & { outcome: RawOutcome };

/** Connections at a time. */
const CONNECTION_COUNT = 4;
/** Milliseconds without an answer that are a hang whatever the machine does beside. */
const HANG_TIMEOUT_MS = 20_000;
/** Workflows that are there before the first round. */
const INITIAL_WORKFLOW_COUNT = 5;
/** Milliseconds in which a request that violates something is made smaller. */
const SHRINK_TIMEOUT_MS = 20_000;
/** Keys that a violation names. */
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
    lines: RawConnection[],
    redis: Redis,
    patience: number,
    tally: CampaignTally,
  ) {
    this.#connections = lines;
    this.#redis = redis;
    this.#drafts = fc.noBias(anyDraft(document));
    this.#mayHaveEffect = predictEffects(document);
    this.#checkResponse = createResponseCheck(document);
    this.#timeoutMs = patience;
    this.#tally = tally;
  }

  /** @param patience milliseconds that an answer may take */
  static async start(port: number, redis: Redis, patience: number, tally: CampaignTally): Promise<FuzzRounds> {
    const url = `http://127.0.0.1:${port}/v1`;
    const document = (await (await fetch(`${url}/schema/openapi`)).json()) as OpenApiDocument & RequestSchemas;
    const lines = Array.from({ length: CONNECTION_COUNT }, () => new RawConnection(port, HANG_TIMEOUT_MS));
    const rounds = new FuzzRounds(document, lines, redis, patience, tally);
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
   * One round: first the requests that may take effect, then those that will be refused, with all that were refused before them once
   * more. The second half must leave the store as it was.
   */
  async runRound(seed: number, size: number): Promise<void> {
    const all = fc
      .sample(this.#drafts, { seed, numRuns: size })
      .map((draft, index): NumberedDraft => ({ draft, seed, path: String(index) }));
    const effective = all.filter(({ draft }) => this.#mayHaveEffect(draft));
    const tried = await this.#sendAll(effective);
    const refused = [
      ...all.filter((numbered) => !effective.includes(numbered)),
      ...tried.filter(({ draft, outcome }) => isRefusal(outcome) && !isEarly(draft)),
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
    for (const line of this.#connections) line.close();
  }

  /** Sends over several connections at a time; each takes the next request when it is free. */
  async #sendAll(numbered: readonly NumberedDraft[]): Promise<SentRequest[]> {
    const waiting = [...numbered];
    const sent: SentRequest[] = [];
    const wrong: NumberedDraft[] = [];
    const slow: SentRequest[] = [];
    const serve = async (line: RawConnection) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { message = serializeDraft(next.draft, this.#entities) } = next;
        const { outcome, fault } = await this.#send(line, next.draft, message);
        sent.push({ ...next, message, outcome });
        if (this.#isSlow(outcome)) slow.push({ ...next, message, outcome });
        if (fault === undefined) continue;
        wrong.push(next);
        this.#tally.addViolation(`${fault}\n${this.#describe({ ...next, message })}`);
      }
    };
    await Promise.all(this.#connections.map(serve));
    // Not before all is still: requests beside it are none of what is wrong with one.
    if (wrong[0] !== undefined) await this.#shrink(wrong[0]);
    for (const one of slow) await this.#resendAlone(one);
    return sent;
  }

  #isSlow = (outcome: RawOutcome): boolean => outcome.kind === "answer" && outcome.answer.durationMs > this.#timeoutMs;

  /** A request that took long beside others, some of which bring ten megabytes, is at fault only if it takes as long by itself. */
  async #resendAlone(one: SentRequest): Promise<void> {
    const [line] = this.#connections;
    if (line === undefined) return;
    const { outcome } = await this.#send(line, one.draft, one.message);
    if (this.#isSlow(outcome))
      this.#tally.addViolation(`takes over ${this.#timeoutMs} ms by itself\n${this.#describe(one)}`);
  }

  async #send(
    line: RawConnection,
    draft: Draft,
    message = serializeDraft(draft, this.#entities),
  ): Promise<{ outcome: RawOutcome; fault: string | undefined }> {
    const outcome = await line.send(message);
    this.#tally.recordOutcome(draft.route, outcome);
    if (outcome.kind === "answer" && outcome.answer.status === 200 && draft.route === "POST /v1/workflows")
      this.#entities.addCreated(outcome.answer.body as CreatedWorkflow);
    return { outcome, fault: this.#checkResponse(message, outcome) };
  }

  /** Looks for the smallest request of its kind that is answered as wrongly. */
  async #shrink({ seed, path }: NumberedDraft): Promise<void> {
    const [line] = this.#connections;
    if (line === undefined) return;
    const property = fc.asyncProperty(this.#drafts, async (draft) => {
      const { fault } = await this.#send(line, draft);
      if (fault !== undefined) throw new Error(fault);
    });
    const found = await fc.check(property, { seed, path, interruptAfterTimeLimit: SHRINK_TIMEOUT_MS });
    const [draft] = found.counterexample ?? [];
    if (draft !== undefined)
      this.#tally.addViolation(
        `the same, made smaller: ${found.errorInstance}\n${this.#describe({ draft, seed, path })}`,
      );
  }

  /** Looks for the request that changed the store though it was refused. */
  async #findOffender(numbered: readonly NumberedDraft[], keys: readonly string[]): Promise<void> {
    const [line] = this.#connections;
    const named = `refused requests changed ${keys.slice(0, MAX_NAMED_KEYS).join(", ")}`;
    for (const one of numbered) {
      const before = await digestStore(this.#redis);
      if (line === undefined) break;
      await this.#send(line, one.draft, one.message);
      const changed = changedKeys(before, await digestStore(this.#redis));
      if (changed.length === 0) continue;
      this.#tally.addViolation(`${named}; ${changed.join(", ")} again by\n${this.#describe(one)}`);
      return;
    }
    const { seed } = numbered[0] ?? { seed: 0 };
    this.#tally.addViolation(`${named}; none of the round of seed ${seed} does so once more`);
  }

  #describe({ draft, seed, path, message = serializeDraft(draft, this.#entities) }: NumberedDraft): string {
    return `${draft.route}, seed ${seed}, path ${path}: ${formatRequest(message.bytes)}`;
  }
}

/** What came before a taskforce could be submitted is right a moment later. */
const isEarly = ({ route }: Draft): boolean => route.startsWith("POST /v1/tms/condor-submit/");

const isRefusal = (outcome: RawOutcome): boolean => outcome.kind === "answer" && outcome.answer.status >= 400;
