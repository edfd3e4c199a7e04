import type { Server } from "node:net";
import { setImmediate as nextEventLoopTurn } from "node:timers/promises";

/** Turns of the event loop without a new connection after which none waits: the first may have begun after its poll. */
const QUIET_TURNS = 2;
/** Limit of turns: clients may connect faster than that. */
const MAX_TURNS = 10_000;

/**
 * Accepts the connections that wait in the kernel. It resets them when a server closes, and the client cannot know whether
 * its request was executed. Node accepts one in each turn of the event loop, so many wait after the process stood still.
 */
export async function acceptWaitingConnections(server: Server): Promise<void> {
  let quietTurns = 0;
  const onConnection = () => {
    quietTurns = 0;
  };
  for (const event of ["connection", "drop"]) server.on(event, onConnection);
  for (let turn = 0; quietTurns < QUIET_TURNS && turn < MAX_TURNS; turn++) {
    quietTurns++;
    await nextEventLoopTurn();
  }
  for (const event of ["connection", "drop"]) server.off(event, onConnection);
}
