import type { Duplex } from "node:stream";

/** Milliseconds that a client has to read why it was refused. One that keeps its end open would hold the connection for ever. */
const LINGER_TIMEOUT_MS = 2000;

/**
 * Ends a connection once all is written, and has its client read that. A connection that is closed while bytes are unread is reset, and a
 * client that meets with a reset may never see what was written before.
 *
 * @param unreadInput what still arrives, to be thrown away; as long as it does, the client has time
 */
export function lingeringClose(socket: Duplex, unreadInput?: NodeJS.ReadableStream): void {
  const timeout = setTimeout(() => socket.destroy(), LINGER_TIMEOUT_MS);
  socket.once("close", () => clearTimeout(timeout));
  socket.end();
  unreadInput?.on("data", () => timeout.refresh()).on("end", () => socket.destroy());
  // Whoever gave the answer may have paused it.
  unreadInput?.resume();
}
