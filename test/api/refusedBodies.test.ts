import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { waitForValue } from "../setup/waitFor.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";

let fixture: ApiFixture;
beforeAll(async () => {
  fixture = await startApiFixture();
});
afterAll(() => fixture.close());

const MIB = 1024 * 1024;
const QUERY = "POST /v1/query/taskforces HTTP/1.1\r\nHost: localhost\r\n";

async function openConnection(): Promise<Socket> {
  const { hostname, port } = new URL(fixture.service.url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** Reads until the connection ends. */
async function readAll(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}

test("a client that sends all of a refused body before it reads receives the response", async () => {
  const socket = await openConnection();
  const body = Buffer.alloc(9 * MIB, " ");
  socket.write(`${QUERY}Content-Length: ${body.length}\r\n\r\n`);
  await new Promise((sent) => socket.write(body, sent));
  const answer = await readAll(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 413 body: larger than 4 MiB\r\n/);
  expect(answer).toMatch(/\r\nconnection: close\r\n/i);
});

test("a body of unknown length is refused while it arrives", async () => {
  const socket = await openConnection();
  const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(MIB, " "), Buffer.from("\r\n")]);
  socket.write(`${QUERY}Transfer-Encoding: chunked\r\n\r\n`);
  for (let n = 0; n < 5; n++) socket.write(chunk);
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 413 /);
});

test.each([3, 200_000])("a connection with unread bodies of %i bytes serves further requests", async (length) => {
  const socket = await openConnection();
  const head = `POST /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n`;
  let text = "";
  socket.on("data", (chunk) => {
    text += String(chunk);
  });
  // More than the service discards at a time.
  for (let count = 1; count <= 40; count++) {
    socket.write(head);
    await waitForValue(
      "the responses",
      async () => text.match(/HTTP\/1\.1 404 /g)?.length,
      (found) => found === count,
    );
    socket.write(" ".repeat(length));
  }
});

test("of many refused bodies, the oldest give way to new ones", async () => {
  const sockets: Socket[] = [];
  let closed = 0;
  for (let n = 0; n < 40; n++) {
    const socket = await openConnection();
    socket.once("close", () => closed++);
    socket.write(`${QUERY}Content-Length: ${64 * MIB}\r\n\r\n`);
    await once(socket, "data");
    sockets.push(socket);
  }
  await waitForValue(
    "the closed connections",
    async () => closed,
    (count) => count >= 8,
  );
  expect(sockets[0]?.closed).toBe(true);
});

test("a body in chunks of one byte, and one compressed with brotli, are read", async () => {
  const socket = await openConnection();
  const body = JSON.stringify({ query: { cluster_id: 1, $comment: "x".repeat(30_000) } });
  const chunks = [...body].map((character) => `1\r\n${character}\r\n`).join("");
  socket.write(`${QUERY}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`);
  expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 200 /);
  const { status } = await fixture.client.request("POST", "/v1/query/taskforces", {
    body: brotliCompressSync(body),
    headers: { "content-encoding": "br" },
  });
  expect(status).toBe(200);
});
