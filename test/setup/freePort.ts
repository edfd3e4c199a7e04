import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the ports that the kernel assigns to outgoing connections. So a server can release its port for a while and listen
 * there again, and a client that connects meanwhile does not get connected to itself.
 */
const FIRST_PORT = 20_000;
/** Each of the runner's processes has ports of its own, because a port is not in use until its server starts. */
const PORTS_OF_A_PROCESS = 1000;
const firstPort = FIRST_PORT + PORTS_OF_A_PROCESS * (Number(process.env["VITEST_POOL_ID"] ?? 0) % 10);
const picked = new Set<number>();

/** Finds a port of 127.0.0.1 that no program uses, and that was not picked before, for a server that may restart there. */
export async function pickFreePort(): Promise<number> {
  for (;;) {
    if (picked.size === PORTS_OF_A_PROCESS) picked.clear();
    const port = firstPort + Math.floor(Math.random() * PORTS_OF_A_PROCESS);
    if (picked.has(port)) continue;
    picked.add(port);
    const probe = createServer();
    try {
      probe.listen(port, "127.0.0.1");
      await once(probe, "listening");
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    } finally {
      probe.close();
    }
  }
}
