import { type ClusterLocations, configuredSchedds } from "../../domain/clusters.js";
import type { FoundFact } from "../../domain/diagnosis.js";
import { isSilent } from "../../domain/schedd.js";
import type { StrayCluster } from "../../domain/strayCluster.js";
import type { SystemQueue, SystemState, SystemUpstream } from "../../domain/system.js";
import type { UnknownPoll } from "../../domain/unknownPoll.js";
import { BACKGROUND_QUEUE_NAMES } from "../../queues/queues.js";
import { hasWorkers } from "../../store/processRegistry.js";
import {
  describeDeadLetters,
  describePause,
  describeRemovedSchedd,
  describeSilence,
  findStrayClusters,
  pauseName,
} from "./scheddFindings.js";
import { findMissingWorkers, findPausedBackground } from "./taskforceFindings.js";
import { areWord, countTaskforces, countThings, formatDuration, formatError, formatTime } from "./wording.js";

/** What a diagnosis of a schedd is made from, besides its queues. Times are epoch seconds. */
export interface ScheddSurroundings {
  nowSeconds: number;
  clusters: ClusterLocations;
  /** The last poll of each schedd. */
  polls: ReadonlyMap<string, number>;
  unknownPolls: readonly UnknownPoll[];
  strayClusters: readonly StrayCluster[];
}

/** What a diagnosis of the service is made from. */
export interface ServiceFacts extends ScheddSurroundings {
  system: SystemState;
}

/** The share of its memory limit above which Redis is short of memory. */
const MEMORY_SHORT_SHARE = 0.85;
/** Seconds by which clocks may differ: drift between two synchronizations is far below. */
const MAX_CLOCK_DIFFERENCE_SECONDS = 2;

const SERVICE = { kind: "service", id: "" } as const;

const found = (code: FoundFact["code"], sentence: string, since: number | null = null): FoundFact => ({
  code,
  sentence,
  since,
  subject: SERVICE,
});

/** Finds what hinders the service and its schedds. */
export function findInService(facts: ServiceFacts): FoundFact[] {
  const { nowSeconds, system } = facts;
  const background = system.queues.filter(({ kind }) => kind === "background");
  const names = [...new Set(system.queues.flatMap(({ schedd }) => schedd ?? []))];
  return [
    ...(system.processes.some(hasWorkers)
      ? []
      : [findMissingWorkers("queues are not activated and taskforces not launched")]),
    ...findFailingUpstream("mqs-failing", "the MQS", system.upstreams.mqs, nowSeconds),
    ...findFailingUpstream(
      "identity-provider-failing",
      "the identity provider",
      system.upstreams.identity_provider,
      nowSeconds,
    ),
    ...findFailingUpstream(
      "pilot-images-missing",
      "the directory of pilot images",
      system.upstreams.pilot_images,
      nowSeconds,
    ),
    ...findInRedis(system),
    ...(system.clock_difference_seconds > MAX_CLOCK_DIFFERENCE_SECONDS
      ? [
          found(
            "clock-differs",
            `the clocks of two machines differ by ${formatDifference(system.clock_difference_seconds)}`,
          ),
        ]
      : []),
    ...(system.versions.length > 1
      ? [found("versions-differ", `processes of several releases are running: ${system.versions.join(", ")}`)]
      : []),
    ...background.flatMap(({ name, paused }) =>
      paused === false ? [] : [findPausedBackground(name, paused, nowSeconds)],
    ),
    ...background.flatMap(findRefusedActivations),
    ...names.flatMap((schedd) => {
      const queues = system.queues.filter((queue) => queue.schedd === schedd);
      return findInSchedd(schedd, queues, facts);
    }),
    ...findUnknownPolls(facts),
    // Those of unknown taskforces: their schedd is unknown, too.
    ...findStrayClusters(
      facts.strayClusters.filter((stray) => stray.schedd === null),
      SERVICE,
    ),
  ];
}

/** Formats a difference between clocks: `3.5 s`, or `30 days` */
const formatDifference = (seconds: number): string =>
  seconds < 60 ? `${seconds.toFixed(1)} s` : formatDuration(Math.round(seconds));

function findFailingUpstream(
  code: FoundFact["code"],
  name: string,
  upstream: SystemUpstream | null,
  nowSeconds: number,
): FoundFact[] {
  if (upstream === null || upstream.failing_since === null) return [];
  const message = upstream.last_error?.message ?? null;
  const error = message === null ? "" : `: ${formatError(message)}`;
  return [
    found(
      code,
      `${name} has been failing since ${formatTime(upstream.failing_since, nowSeconds)}${error}`,
      upstream.failing_since,
    ),
  ];
}

function findInRedis({ redis }: SystemState): FoundFact[] {
  return redis.flatMap(({ used_memory_bytes: used, max_memory_bytes: limit, persistence }) => {
    const { last_save_ok, last_aof_write_ok } = persistence;
    return [
      ...(used !== null && limit !== null && limit > 0 && used > MEMORY_SHORT_SHARE * limit
        ? [found("redis-memory-short", `Redis uses ${Math.floor((100 * used) / limit)} % of its memory limit`)]
        : []),
      ...(last_save_ok === false || last_aof_write_ok === false
        ? [found("redis-not-persistent", "Redis could not write its data to disk")]
        : []),
    ];
  });
}

function findRefusedActivations({ name, dead }: SystemQueue): FoundFact[] {
  if (name !== BACKGROUND_QUEUE_NAMES.activation || dead === 0) return [];
  const sentence = `the MQS refused to activate the message queues of ${countThings(dead, "workflow")}; an operator can retry ${dead === 1 ? "it" : "them"}`;
  return [{ ...found("activation-refused", sentence), subject: { kind: "queue", id: name } }];
}

/** Finds what hinders the work of a schedd. @param queues its own */
export function findInSchedd(schedd: string, queues: readonly SystemQueue[], facts: ScheddSurroundings): FoundFact[] {
  const { nowSeconds, clusters, polls, strayClusters } = facts;
  const lastPoll = polls.get(schedd);
  const subject = { kind: "schedd", id: schedd } as const;
  const ofSchedd = (code: FoundFact["code"], sentence: string, since: number | null): FoundFact => ({
    code,
    sentence,
    since,
    subject,
  });
  const jobs = queues.reduce((sum, queue) => sum + countJobs(queue), 0);
  const ready = queues.filter(({ waiting, paused }) => waiting > 0 && paused === false);
  const dead = queues.find(({ kind }) => kind === "starter")?.dead ?? 0;
  const since = nowSeconds - Math.max(0, ...queues.map(({ oldest_waiting_seconds }) => oldest_waiting_seconds ?? 0));
  // Of delayed and leased jobs, the times are not known here.
  const duration = queues.some(({ waiting }) => waiting > 0)
    ? `, ${jobs === 1 ? "for" : "longest"} ${formatDuration(nowSeconds - since)}`
    : "";
  const waiting = `${describeJobs(queues)} ${areWord(jobs)} waiting for schedd ${schedd}${duration}`;
  const all = queues.flatMap((queue) =>
    queue.paused === false
      ? []
      : [ofSchedd("queue-paused", describePausedQueue(schedd, queue, nowSeconds), queue.paused.since)],
  );
  if (!configuredSchedds(clusters).includes(schedd)) {
    const removed = describeRemovedSchedd(schedd, lastPoll, nowSeconds);
    if (jobs > 0) all.push(ofSchedd("schedd-removed", `${waiting}; ${removed}`, since));
  } else if (ready.length > 0 && isSilent(lastPoll, nowSeconds))
    all.push(
      ofSchedd("schedd-silent", `${waiting}; ${describeSilence(lastPoll, nowSeconds)}${otherNames(facts)}`, since),
    );
  if (dead > 0) all.push(ofSchedd("dead-letters", describeDeadLetters({ n: dead, schedd }), null));
  const strays = strayClusters.filter((stray) => stray.schedd === schedd);
  return [...all, ...findStrayClusters(strays, subject)];
}

const countJobs = ({ waiting, active, delayed }: SystemQueue): number => waiting + active + delayed;

/** `2 taskforces and 1 HTCondor cluster` */
function describeJobs(queues: readonly SystemQueue[]): string {
  const parts = queues.flatMap((queue) => {
    const n = countJobs(queue);
    if (n === 0) return [];
    return queue.kind === "starter" ? [countTaskforces(n)] : [countThings(n, "HTCondor cluster")];
  });
  return parts.join(" and ");
}

function describePausedQueue(schedd: string, queue: SystemQueue, nowSeconds: number): string {
  const { kind, paused } = queue;
  const n = countJobs(queue);
  const name = pauseName(kind === "stopper" ? "stopper" : "starter", schedd);
  const waiting = n === 0 ? "" : `; ${describeJobs([queue])} ${areWord(n)} waiting in it`;
  return `${describePause(name, paused === false ? { by: null, since: null } : paused, nowSeconds)}${waiting}`;
}

/** Maximum number of names that a sentence lists. */
const MAX_NAMED = 3;

/** The names of unknown schedds for which TMSes poll: one of them may be misspelt. */
const otherNames = ({ unknownPolls }: ScheddSurroundings): string =>
  unknownPolls.length === 0 ? "" : `; unknown names that do poll: ${listNames(unknownPolls)}`;

function findUnknownPolls({ unknownPolls, nowSeconds }: ScheddSurroundings): FoundFact[] {
  if (unknownPolls.length === 0) return [];
  const since = Math.min(...unknownPolls.map(({ first_poll }) => first_poll));
  const names = `${listNames(unknownPolls)}, which ${areWord(unknownPolls.length)} not configured`;
  return [
    found(
      "unknown-schedd-polls",
      `TMSes have asked for work of schedd ${names}, since ${formatTime(since, nowSeconds)}`,
      since,
    ),
  ];
}

/** `a, b, c, …` */
const listNames = (polls: readonly UnknownPoll[]): string =>
  [...polls.slice(0, MAX_NAMED).map(({ schedd }) => schedd), ...(polls.length > MAX_NAMED ? ["…"] : [])].join(", ");
