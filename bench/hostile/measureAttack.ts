import { setTimeout as delay } from "node:timers/promises";
import { measureBlocking } from "../blocking.js";
import { maxOf, quantile } from "../figures.js";
import { peakResidentBytes, resetPeakResident, waitUntilIdle } from "../linuxProcess.js";
import { RequestStream, type StreamedRequest } from "../requestStream.js";
import type { ServerProcess } from "../serverProcess.js";
import type { HostileClients } from "./hostileClients.js";
import type { HostileRequest, HostileTargets } from "./hostileRequest.js";

/** Limits of the figures during an attack. */
export const ATTACK_LIMITS = {
  medianOverIdleMs: 10,
  p99Ms: 100,
  longestMs: 250,
  peakBytes: 600e6,
  idleMs: 2000,
} as const;

/** Milliseconds between two small requests. */
const REQUEST_INTERVAL_MS = 10;
/** Milliseconds between two reads of the memory. */
const SAMPLE_INTERVAL_MS = 50;
/** Milliseconds without idleness after which a process counts as stuck. */
const STUCK_MS = 15_000;

/** Shortest and longest duration of an attack, in milliseconds. */
export interface AttackDuration {
  minMs: number;
  maxMs: number;
}

/** The measured process, and what is sent to it. */
export interface AttackSite {
  web: ServerProcess;
  redisUrl: string;
  clients: HostileClients;
  targets: HostileTargets;
  small: readonly StreamedRequest[];
}

/** The figures of one attack. Undefined: the process has died. */
export interface AttackFigures {
  name: string;
  bodyBytes: number;
  /** How many responses there were of each status. */
  statuses: Map<string, number>;
  unexpectedStatuses: string[];
  smallRequests: number;
  failures: string[];
  medianMs: number;
  p99Ms: number;
  longestMs: number;
  redisMs: number;
  probeLoopMs: number;
  peakBytes: number;
  hasDied: boolean;
  /** From the end of the clients to the idleness of the process; undefined when it has died or is stuck. */
  idleMs: number | undefined;
}

/** Median milliseconds of the small requests without an attack. */
export async function measureIdleMedian({ web, small }: AttackSite, durationMs: number): Promise<number> {
  const stream = new RequestStream(web.url, small, REQUEST_INTERVAL_MS);
  stream.start();
  await delay(durationMs / 4);
  stream.drain();
  await delay(durationMs);
  return quantile((await stream.abandon()).latenciesMs, 0.5);
}

/** Has three clients send a hostile request, and measures small requests and the process meanwhile. */
export async function measureAttack(
  request: HostileRequest,
  site: AttackSite,
  { minMs, maxMs }: AttackDuration,
): Promise<AttackFigures> {
  const { web, redisUrl, clients, targets, small } = site;
  const bodyBytes = await clients.prepare(request, targets);
  resetPeakResident(web.pid);
  const stream = new RequestStream(web.url, small, REQUEST_INTERVAL_MS);
  let peakBytes = 0;
  const samplePeak = () => {
    peakBytes = Math.max(peakBytes, peakResidentBytes(web.pid) ?? 0);
  };
  const { result, redisMs, eventLoopMs } = await measureBlocking(redisUrl, async () => {
    stream.start();
    const { finished } = clients.start(web.url, request.maxRequests);
    let hasFinished = false;
    void finished.then(() => {
      hasFinished = true;
    });
    const beganMs = performance.now();
    const elapsedMs = () => performance.now() - beganMs;
    while (!web.hasEnded() && elapsedMs() < maxMs) {
      if (elapsedMs() >= minMs && (hasFinished || clients.answers.length >= 3)) break;
      await delay(SAMPLE_INTERVAL_MS);
      samplePeak();
    }
    const [unanswered, figures] = await Promise.all([clients.stop(), stream.abandon()]);
    return { unanswered, ...figures };
  });
  const { unanswered, latenciesMs, failures } = result;
  const idleMs = web.hasEnded() ? undefined : await waitUntilIdle(web.pid, STUCK_MS);
  samplePeak();
  const statuses = new Map<string, number>();
  const count = (status: string, more: number) => statuses.set(status, (statuses.get(status) ?? 0) + more);
  for (const { status } of clients.answers) count(String(status), 1);
  if (unanswered > 0) count("none", unanswered);
  const allowed = [...request.allowedStatuses, "none"].map(String);
  return {
    name: request.name,
    bodyBytes,
    statuses,
    unexpectedStatuses: [...statuses.keys()].filter((status) => !allowed.includes(status)),
    smallRequests: latenciesMs.length,
    failures,
    medianMs: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    longestMs: maxOf(latenciesMs),
    redisMs,
    probeLoopMs: eventLoopMs,
    peakBytes,
    hasDied: web.hasEnded(),
    idleMs,
  };
}

/** The limits that an attack exceeds. @param idleMedianMs median without an attack */
export function exceededLimits(figures: AttackFigures, idleMedianMs: number): string[] {
  const { medianMs, p99Ms, longestMs, peakBytes, idleMs, hasDied, failures, unexpectedStatuses } = figures;
  const checks: [what: string, isExceeded: boolean][] = [
    ["died", hasDied],
    // A comparison with NaN is false, so that an attack without any response exceeds the limit.
    ["median", !(medianMs - idleMedianMs < ATTACK_LIMITS.medianOverIdleMs)],
    ["99 %", !(p99Ms < ATTACK_LIMITS.p99Ms)],
    ["longest", !(longestMs < ATTACK_LIMITS.longestMs)],
    ["memory", peakBytes > ATTACK_LIMITS.peakBytes],
    ["idle", !hasDied && (idleMs === undefined || idleMs > ATTACK_LIMITS.idleMs)],
    ["status", unexpectedStatuses.length > 0],
    ["small requests failed", failures.length > 0],
  ];
  return checks.flatMap(([what, isExceeded]) => (isExceeded ? [what] : []));
}
