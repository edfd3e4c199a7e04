/**
 * The process of the hostile clients. It is separate from the measuring process, so that its large bodies do not delay the
 * measured requests. {@link HostileClients} starts it.
 */
import { type ClientRequest, request as httpRequest } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { AttackCommand, AttackReport } from "./attackMessages.js";
import { findHostileRequest } from "./catalogue.js";
import type { HostileRequest, HostileTargets } from "./hostileRequest.js";

/** Clients that send a hostile request at the same time. */
const CLIENTS = 3;
/** Milliseconds before a client repeats a request whose connection broke: the service may be dead. */
const RETRY_MS = 100;
/** Characters of an error that are reported. */
const MAX_ERROR_LENGTH = 300;

interface Attack {
  request: HostileRequest;
  targets: HostileTargets;
  bodies: Buffer[];
}

let attack: Attack | undefined;
let hasStopped = false;
let running: Promise<void> = Promise.resolve();
const open = new Set<ClientRequest>();

const report = (message: AttackReport): void => void process.send?.(message);

function sendOnce(url: string, { request, targets }: Attack, body: Buffer, n: number): Promise<number | "closed"> {
  const beganMs = performance.now();
  return new Promise((resolve) => {
    const headers = { "content-type": "application/json", "content-length": body.length };
    const path = request.path(targets, n);
    const sent = httpRequest(url + path, { method: request.method, headers, agent: false });
    let text = "";
    let status: number | "closed" = "closed";
    let hasClosed = false;
    const settle = () => {
      if (hasClosed) return;
      hasClosed = true;
      open.delete(sent);
      const error = status === "closed" || status >= 400 ? text.slice(0, MAX_ERROR_LENGTH) : "";
      if (!hasStopped) report({ kind: "answered", status, error, durationMs: performance.now() - beganMs });
      resolve(status);
    };
    sent.on("response", (response) => {
      status = response.statusCode ?? 0;
      response.setEncoding("utf8").on("data", (chunk: string) => {
        if (text.length < MAX_ERROR_LENGTH) text += chunk;
      });
      // A service that rejects a body for its size responds, and closes the connection before the body has arrived.
      response.on("close", settle);
      response.on("error", settle);
    });
    sent.on("error", (error) => {
      if (status !== "closed") return;
      text = error.message;
      settle();
    });
    open.add(sent);
    sent.end(body);
  });
}

async function sendRepeatedly(url: string, maxRequests: number, sending: Attack): Promise<void> {
  let count = 0;
  await Promise.all(
    sending.bodies.map(async (body) => {
      while (!hasStopped && count < maxRequests)
        if ((await sendOnce(url, sending, body, count++)) === "closed") await delay(RETRY_MS);
    }),
  );
  if (!hasStopped) report({ kind: "finished" });
}

process.on("message", (command: AttackCommand) => {
  switch (command.kind) {
    case "prepare": {
      const request = findHostileRequest(command.name);
      const bodies: Buffer[] = [];
      for (let copy = 0; copy < CLIENTS; copy++) bodies.push(Buffer.from(request.body(command.targets, copy)));
      attack = { request, targets: command.targets, bodies };
      report({ kind: "prepared", bodyBytes: bodies[0]?.length ?? 0 });
      break;
    }
    case "start":
      hasStopped = false;
      if (attack !== undefined) running = sendRepeatedly(command.url, command.maxRequests, attack);
      break;
    case "stop": {
      hasStopped = true;
      const unanswered = open.size;
      for (const sent of open) sent.destroy();
      void running.then(() => report({ kind: "stopped", unanswered }));
      break;
    }
  }
});
process.on("disconnect", () => process.exit());
report({ kind: "ready" });
