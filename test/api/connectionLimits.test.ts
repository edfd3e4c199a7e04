import { once } from "node:events";
import type { Server } from "node:http";
import { expect, it, onTestFinished } from "vitest";
import { logRefusedConnections } from "../../src/app/httpListener.js";
import { recordingLog } from "../setup/recordingLog.js";
import { startTestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";
import { countConnections, HalfOpenClient, startServer } from "./halfOpenClient.js";

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
const GET = get("/");
const TOO_MANY = /^HTTP\/1\.1 503 too many connections.*\r\nretry-after: 5\r\nconnection: close\r\n/is;

/** Opens connections that are established but silent. */
async function openSilent(server: Server | URL, count: number, from?: string): Promise<HalfOpenClient[]> {
  const clients = Array.from({ length: count }, () => new HalfOpenClient(server, from));
  await Promise.all(clients.map(({ socket }) => once(socket, "connect")));
  return clients;
}

async function startService(settings: Record<string, string>): Promise<URL> {
  const service = await startTestService(settings);
  onTestFinished(service.close);
  return new URL(service.url);
}

it("connections beyond the limit are refused and logged; when one ends, another is served", async () => {
  const server = await startServer({ connections: 2 });
  const { log, lines } = recordingLog();
  logRefusedConnections(server, log);
  const clients = [new HalfOpenClient(server), new HalfOpenClient(server)];
  for (const client of clients) await client.send(GET).waitForText(/served/);

  for (const _ of [1, 2, 3]) {
    const refused = new HalfOpenClient(server).send(GET);
    await refused.closedByServer;
    expect(refused.received).toMatch(TOO_MANY);
    refused.socket.destroy();
  }
  const logged = await waitForValue(
    "logged",
    async () => lines.map((line) => JSON.parse(line)),
    ({ length }) => length > 0,
  );
  const client = "127.0.0.1";
  expect(logged).toMatchObject([
    { level: 40, refused: 1, client, limit: "MAX_CONNECTIONS", msg: expect.stringMatching(/^too many/) },
  ]);

  for (const client of clients) client.send(GET);
  for (const client of clients) await client.waitForText(/served.*served/s);
  clients[0]?.socket.destroy();
  await waitForValue(
    "one connection is closed",
    () => countConnections(server),
    (count) => count === 1,
  );
  await new HalfOpenClient(server).send(GET).waitForText(/served/);
});

it("one client's silent connections leave places for all others", async () => {
  const url = await startService({ MAX_CONNECTIONS: "20" });
  await openSilent(url, 100, "127.0.0.2");
  // A quarter of the places, each by another address.
  for (const from of ["127.0.0.1", "127.0.0.3", "127.0.0.4"])
    for (const _ of Array(5)) await new HalfOpenClient(url, from).send(get("/v1/")).waitForText(/^HTTP\/1\.1 200 /);
  await new HalfOpenClient(url, "127.0.0.3").send(get("/v1/")).waitForText(TOO_MANY);
  await new HalfOpenClient(url, "127.0.0.5").send(get("/v1/")).waitForText(TOO_MANY);
});

it("health checks are served although all places are taken, also to the client that took them", async () => {
  const url = await startService({ MAX_CONNECTIONS: "4", MAX_CONNECTIONS_PER_ADDRESS: "4" });
  await openSilent(url, 100);
  for (const from of ["127.0.0.1", "127.0.0.2"])
    for (const path of ["/healthz", "/readyz", "/readyz?verbose"]) {
      const client = new HalfOpenClient(url, from).send(get(path));
      await client.closedByServer;
      expect(client.received).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n/is);
    }
  for (const path of ["/v1/", "/metrics", "/healthzz", "/"])
    await new HalfOpenClient(url, "127.0.0.2").send(get(path)).waitForText(TOO_MANY);
});

it("a silent connection of the reserve is closed soon, without waiting for others", async () => {
  const server = await startServer({ connections: 1 });
  await openSilent(server, 1);
  await new HalfOpenClient(server).closedByServer;
});

it.each(["1", "loopback", "127.0.0.0/8"])("a trusted proxy (TRUST_PROXY=%s) may take all places", async (proxies) => {
  const url = await startService({ MAX_CONNECTIONS: "12", MAX_CONNECTIONS_PER_ADDRESS: "2", TRUST_PROXY: proxies });
  const clients = await openSilent(url, 12);
  for (const client of clients) await client.send(get("/v1/")).waitForText(/^HTTP\/1\.1 200 /);
  await new HalfOpenClient(url).send(get("/v1/")).waitForText(TOO_MANY);
});

it.each(["1.1", "1.0"])("two Host headers are a 400 (HTTP/%s)", async (version) => {
  const url = await startService({});
  for (const [one, other] of [
    ["localhost", "evil.example"],
    ["localhost", "localhost"],
  ]) {
    const client = new HalfOpenClient(url).send(`GET /v1/ HTTP/${version}\r\nHost: ${one}\r\nhOST: ${other}\r\n\r\n`);
    await client.closedByServer;
    expect(client.received).toMatch(/^HTTP\/1\.1 400 Host: several headers\r\n/);
  }
});
