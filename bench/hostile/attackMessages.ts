import type { HostileTargets } from "./hostileRequest.js";

/** Messages to the process of the hostile clients. */
export type AttackCommand =
  | { kind: "prepare"; name: string; targets: HostileTargets }
  /** @property maxRequests of all clients together */
  | { kind: "start"; url: string; maxRequests: number }
  | { kind: "stop" };

/** Messages from the process of the hostile clients. */
export type AttackReport =
  | { kind: "ready" }
  | { kind: "prepared"; bodyBytes: number }
  /** @property status `closed`: the connection broke before a response */
  | { kind: "answered"; status: number | "closed"; error: string; durationMs: number }
  /** All clients have sent their last request and have their response. */
  | { kind: "finished" }
  /** The sockets are closed. @property unanswered the number of requests without a response at that moment */
  | { kind: "stopped"; unanswered: number };
