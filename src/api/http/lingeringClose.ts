import type { Duplex } from "node:stream";

/** Milliseconds that a client has to read why it was refused. One that keeps its end open would hold the connection for ever. */
const LINGER = 2000;

/**
 * Ends a connection once all is written, and has its client read that. A connection that is closed while bytes are unread is reset, and a
 * client that meets with a reset may never see what was written before.
 *
 * @param coming what still arrives, to be thrown away; as long as it does, the client has time
 */
export function endGently(socket: Duplex, coming?: NodeJS.ReadableStream): void {
  const lingering = setTimeout(() => socket.destroy(), LINGER);
  socket.once("close", () => clearTimeout(lingering));
  socket.end();
  coming?.on("data", () => lingering.refresh()).on("end", () => socket.destroy());
  // Whoever gave the answer may have paused it.
  coming?.resume();
}
