import fc from "fast-check";
import type { Redis } from "ioredis";
import type { Document } from "../api/conformanceClient.js";
import { type Created, task, workflowOf } from "../api/requestBodies.js";
import { type Draft, type Message, messageOf } from "./draft.js";
import { type Described, someDraft } from "./draftArbitrary.js";
import { guessEffects, hasEffect } from "./effects.js";
import { Entities } from "./createdEntities.js";
import { type Judge, judgeBy } from "./responseChecks.js";
import { shownRequest } from "./formatRequest.js";
import { changedKeys, digestStore, quietStore } from "./storeDigest.js";
import type { Tally } from "./campaignTally.js";
import { Line, type Outcome } from "./rawConnection.js";

/** A made-up request, and by what fast-check makes it up again. */
interface Numbered {
  draft: Draft;
  seed: number;
  path: string;
  /** Its bytes, once it was sent: repeated, it is about the same entities. */
  message?: Message;
}

/** A request that was sent. */
type Sent = Required<Numbered> & { outcome: Outcome };

/** Connections at a time. */
const LINES = 4;
/** Milliseconds without an answer that are a hang whatever the machine does beside. */
const HANG = 20_000;
/** Workflows that are there before the first round. */
const FIRST_WORKFLOWS = 5;
/** Milliseconds in which a request that violates something is made smaller. */
const SHRINKING = 20_000;
/** Keys that a violation names. */
const MOST_KEYS = 10;

/** Rounds of requests to one service. */
export class Rounds {
  readonly #lines: Line[];
  readonly #redis: Redis;
  readonly #drafts: fc.Arbitrary<Draft>;
  readonly #mayChange: (draft: Draft) => boolean;
  readonly #judge: Judge;
  readonly #patience: number;
  readonly #tally: Tally;
  readonly #entities = new Entities();

  private constructor(
    document: Document & Described,
    lines: Line[],
    redis: Redis,
    patience: number,
    tally: Tally,
  ) {
    this.#lines = lines;
    this.#redis = redis;
    this.#drafts = fc.noBias(someDraft(document));
    this.#mayChange = guessEffects(document);
    this.#judge = judgeBy(document);
    this.#patience = patience;
    this.#tally = tally;
  }

  /** @param patience milliseconds that an answer may take */
  static async begin(port: number, redis: Redis, patience: number, tally: Tally): Promise<Rounds> {
    const url = `http://127.0.0.1:${port}/v1`;
    const document = (await (await fetch(`${url}/schema/openapi`)).json()) as Document & Described;
    const lines = Array.from({ length: LINES }, () => new Line(port, HANG));
    const rounds = new Rounds(document, lines, redis, patience, tally);
    for (let n = 0; n < FIRST_WORKFLOWS; n++) {
      const body = JSON.stringify(workflowOf([task("test-alpha"), task("test-beta", { n_workers: n })]));
      const created = await fetch(`${url}/workflows`, { method: "POST", body });
      rounds.#entities.learn((await created.json()) as Created);
    }
    return rounds;
  }

  /**
   * One round: first the requests that may take effect, then those that will be refused, with all that were refused before them once
   * more. The second half must leave the store as it was.
   */
  async play(seed: number, size: number): Promise<void> {
    const all = fc
      .sample(this.#drafts, { seed, numRuns: size })
      .map((draft, index): Numbered => ({ draft, seed, path: String(index) }));
    const effective = all.filter(({ draft }) => this.#mayChange(draft));
    const tried = await this.#sendAll(effective);
    const refused = [
      ...all.filter((numbered) => !effective.includes(numbered)),
      ...tried.filter(({ draft, outcome }) => isRefusal(outcome) && !isEarly(draft)),
    ];
    const before = await quietStore(this.#redis);
    const sent = await this.#sendAll(refused);
    const changed = changedKeys(before, await digestStore(this.#redis));
    if (sent.some(({ draft, outcome }) => outcome.kind === "answer" && hasEffect(draft, outcome.answer)))
      this.#tally.notCompared++;
    else {
      this.#tally.comparisons++;
      if (changed.length > 0) await this.#blame(refused, changed);
    }
  }

  close(): void {
    for (const line of this.#lines) line.close();
  }

  /** Sends over several connections at a time; each takes the next request when it is free. */
  async #sendAll(numbered: readonly Numbered[]): Promise<Sent[]> {
    const waiting = [...numbered];
    const sent: Sent[] = [];
    const wrong: Numbered[] = [];
    const slow: Sent[] = [];
    const serve = async (line: Line) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { message = messageOf(next.draft, this.#entities) } = next;
        const { outcome, fault } = await this.#send(line, next.draft, message);
        sent.push({ ...next, message, outcome });
        if (this.#isSlow(outcome)) slow.push({ ...next, message, outcome });
        if (fault === undefined) continue;
        wrong.push(next);
        this.#tally.violation(`${fault}\n${this.#show({ ...next, message })}`);
      }
    };
    await Promise.all(this.#lines.map(serve));
    // Not before all is still: requests beside it are none of what is wrong with one.
    if (wrong[0] !== undefined) await this.#shrink(wrong[0]);
    for (const one of slow) await this.#sendAlone(one);
    return sent;
  }

  #isSlow = (outcome: Outcome): boolean =>
    outcome.kind === "answer" && outcome.answer.milliseconds > this.#patience;

  /** A request that took long beside others, some of which bring ten megabytes, is at fault only if it takes as long by itself. */
  async #sendAlone(one: Sent): Promise<void> {
    const [line] = this.#lines;
    if (line === undefined) return;
    const { outcome } = await this.#send(line, one.draft, one.message);
    if (this.#isSlow(outcome))
      this.#tally.violation(`takes over ${this.#patience} ms by itself\n${this.#show(one)}`);
  }

  async #send(
    line: Line,
    draft: Draft,
    message = messageOf(draft, this.#entities),
  ): Promise<{ outcome: Outcome; fault: string | undefined }> {
    const outcome = await line.send(message);
    this.#tally.note(draft.route, outcome);
    if (outcome.kind === "answer" && outcome.answer.status === 200 && draft.route === "POST /v1/workflows")
      this.#entities.learn(outcome.answer.body as Created);
    return { outcome, fault: this.#judge(message, outcome) };
  }

  /** Looks for the smallest request of its kind that is answered as wrongly. */
  async #shrink({ seed, path }: Numbered): Promise<void> {
    const [line] = this.#lines;
    if (line === undefined) return;
    const property = fc.asyncProperty(this.#drafts, async (draft) => {
      const { fault } = await this.#send(line, draft);
      if (fault !== undefined) throw new Error(fault);
    });
    const found = await fc.check(property, { seed, path, interruptAfterTimeLimit: SHRINKING });
    const [draft] = found.counterexample ?? [];
    if (draft !== undefined)
      this.#tally.violation(
        `the same, made smaller: ${found.errorInstance}\n${this.#show({ draft, seed, path })}`,
      );
  }

  /** Looks for the request that changed the store though it was refused. */
  async #blame(numbered: readonly Numbered[], keys: readonly string[]): Promise<void> {
    const [line] = this.#lines;
    const named = `refused requests changed ${keys.slice(0, MOST_KEYS).join(", ")}`;
    for (const one of numbered) {
      const before = await digestStore(this.#redis);
      if (line === undefined) break;
      await this.#send(line, one.draft, one.message);
      const changed = changedKeys(before, await digestStore(this.#redis));
      if (changed.length === 0) continue;
      this.#tally.violation(`${named}; ${changed.join(", ")} again by\n${this.#show(one)}`);
      return;
    }
    const { seed } = numbered[0] ?? { seed: 0 };
    this.#tally.violation(`${named}; none of the round of seed ${seed} does so once more`);
  }

  #show({ draft, seed, path, message = messageOf(draft, this.#entities) }: Numbered): string {
    return `${draft.route}, seed ${seed}, path ${path}: ${shownRequest(message.bytes)}`;
  }
}

/** What came before a taskforce could be submitted is right a moment later. */
const isEarly = ({ route }: Draft): boolean => route.startsWith("POST /v1/tms/condor-submit/");

const isRefusal = (outcome: Outcome): boolean => outcome.kind === "answer" && outcome.answer.status >= 400;
