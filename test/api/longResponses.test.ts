import { once } from "node:events";
import { createServer, get, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { ClientGoneError, SYNC_TEXT_MAX_LENGTH, sendLongJson } from "../../src/api/http/responses.js";
import { waitUntil } from "../setup/waitFor.js";

/** Longer than the buffers of both sockets. */
const TEXTS = ["[", ...Array.from({ length: 40 }, (_, n) => `"${"a€😀".repeat(100_000 + n)}",`), "1]"];
/** A character takes three bytes at most; one piece waits while the next one is written. */
const MAX_WAITING_BYTES = 2 * 3 * SYNC_TEXT_MAX_LENGTH;

/** Sends a long response to a client that does not read it yet. */
async function sendToSlowClient() {
  let sent: Promise<void> | undefined;
  let response: ServerResponse | undefined;
  const server = createServer((_, created) => {
    response = created;
    sent = sendLongJson(created, 200, TEXTS, {});
    sent.catch(() => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const request = get(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [received] = await once(request, "response");
  const bytesWritten = () => response?.socket?.bytesWritten ?? 0;
  let before = -1;
  await waitUntil("the client's buffers are full", () => {
    const isFull = response?.writableNeedDrain === true && bytesWritten() === before;
    before = bytesWritten();
    return isFull;
  });
  return { request, received, sent, response: response as unknown as ServerResponse };
}

test("a client that reads slowly gets all of a long response, of which only a piece waits encoded", async () => {
  const { received, sent, response } = await sendToSlowClient();
  expect(response.writableLength).toBeLessThanOrEqual(MAX_WAITING_BYTES);
  expect(await readText(received)).toBe(TEXTS.join(""));
  await sent;
});

test("a client that leaves in the middle of a long response ends it", async () => {
  const { request, sent } = await sendToSlowClient();
  request.on("error", () => undefined).destroy();
  await expect(sent).rejects.toThrow(ClientGoneError);
});
