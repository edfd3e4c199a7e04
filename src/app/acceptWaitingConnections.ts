import type { Server } from "node:net";
import { setImmediate as nextEventLoopTurn } from "node:timers/promises";

/** Turns of the event loop without a new connection after which none waits: the first may have begun after its poll. */
const QUIET_TURNS = 2;
/** A longer turn does not count: a connection may have arrived since its poll. */
const MAX_QUIET_TURN_MS = 0.2;
/** Limits of the turns: clients may connect faster than that, and a slow machine may have no quick turn. */
const MAX_TURNS = 10_000;
const MAX_MS = 2000;

/**
 * Accepts the connections that wait in the kernel. It resets them when a server closes, and the client cannot know whether
 * its request was executed. Node accepts one in each turn of the event loop, so many wait after the process stood still. A
 * connection that arrives in the last fraction of a millisecond is still reset.
 */
export async function acceptWaitingConnections(server: Server): Promise<void> {
  let quietTurns = 0;
  const onConnection = () => {
    quietTurns = 0;
  };
  for (const event of ["connection", "drop"]) server.on(event, onConnection);
  const startedAtMs = performance.now();
  let turnedAtMs = startedAtMs;
  for (let turn = 0; quietTurns < QUIET_TURNS && turn < MAX_TURNS && turnedAtMs < startedAtMs + MAX_MS; turn++) {
    quietTurns++;
    await nextEventLoopTurn();
    const now = performance.now();
    if (now - turnedAtMs > MAX_QUIET_TURN_MS) quietTurns = 0;
    turnedAtMs = now;
  }
  for (const event of ["connection", "drop"]) server.off(event, onConnection);
}
