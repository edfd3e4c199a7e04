import { once } from "node:events";
import type { RequestListener } from "node:http";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { markAsStreaming } from "../../src/api/http/requestContext.js";
import { HalfOpenClient, startServer, waitForNoConnections } from "./halfOpenClient.js";

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const POST = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";
const LATE =
  /^HTTP\/1\.1 408 the request did not arrive in time\r\n.*\{"code":408,"error":"the request did not arrive in time"\}$/s;

describe("a slow client gets an error and loses its connection, even if it never closes it:", () => {
  it("with nothing at all", async () => {
    const server = await startServer({ headSeconds: 0.1 });
    await new HalfOpenClient(server).waitForText(LATE);
    await waitForNoConnections(server);
  });

  it("with the head, byte by byte", async () => {
    const server = await startServer({ headSeconds: 0.1 });
    await new HalfOpenClient(server).send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").sendSlowly().waitForText(LATE);
    await waitForNoConnections(server);
  });

  it("with the head of a later request", async () => {
    const server = await startServer({ headSeconds: 0.1 });
    const client = new HalfOpenClient(server).send(GET);
    await client.waitForText(/served/);
    client.send("GET / HTTP/1.1\r\nX-Slow: ").sendSlowly();
    await client.waitForText(/served.*HTTP\/1\.1 408 /s);
    await waitForNoConnections(server);
  });

  it("with the body, byte by byte", async () => {
    const server = await startServer({ headSeconds: 0.1, requestSeconds: 0.2 });
    await new HalfOpenClient(server).send(POST).sendSlowly().waitForText(LATE);
    await waitForNoConnections(server);
  });

  it("while it reads the rejection of its request", async () => {
    const server = await startServer({});
    await new HalfOpenClient(server).send("hello\r\n\r\n").waitForText(/^HTTP\/1\.1 400 malformed HTTP request\r\n/);
    await waitForNoConnections(server);
  });
});

describe("a client can read the last response on a connection although it precedes the end of the body:", () => {
  const LONG = 8 * 1024 * 1024;
  const refuse: RequestListener = (_, response) => response.end("refused");
  const refuseAmid: RequestListener = (request, response) =>
    request.once("data", () => {
      request.pause();
      response.end("refused");
    });
  const head = (more: string) => `POST / HTTP/1.1\r\nContent-Length: ${LONG}\r\n${more}\r\n`;

  it.each([
    ["the server closes", head(""), /400 Host: missing header/, refuse],
    ["the client asks to close", head("Host: x\r\nConnection: close\r\n"), /refused/, refuse],
    [
      "the client asks to close, and the app had begun to read",
      head("Host: x\r\nConnection: close\r\n"),
      /refused/,
      refuseAmid,
    ],
  ])("%s", async (_, sent, expected, app) => {
    const server = await startServer({}, app);
    const client = new HalfOpenClient(server).send(sent);
    const written = new Promise((resolve) => client.socket.write("x".repeat(LONG), resolve));
    await client.waitForText(expected);
    expect(await written).toBeFalsy();
    await waitForNoConnections(server);
  });

  it("a request after that body is not served", async () => {
    let asked = 0;
    const server = await startServer({}, (request, response) => {
      asked++;
      refuse(request, response);
    });
    const client = new HalfOpenClient(server).send(
      "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\n",
    );
    await client.waitForText(/refused/);
    client.send(`body${GET}`);
    await waitForNoConnections(server);
    expect(asked).toBe(1);
  });

  it("a client that sends nothing more is disconnected after a moment", async () => {
    const server = await startServer({}, refuse);
    await new HalfOpenClient(server).send(head("Host: x\r\nConnection: close\r\n")).waitForText(/refused/);
    await waitForNoConnections(server);
  });
});

it("an idle connection outlasts the time limit for a head", async () => {
  const server = await startServer({ headSeconds: 0.1 });
  const idle = new HalfOpenClient(server).send(GET);
  await idle.waitForText(/served/);
  // The rejection of another client shows that the time limit has passed.
  await new HalfOpenClient(server).waitForText(LATE);
  idle.send(GET);
  await idle.waitForText(/served.*served/s);
});

describe("a response", () => {
  it("that the client does not read in time is cut off", async () => {
    const whole = 64 * 1024 * 1024;
    const server = await startServer({ responseSeconds: 0.2 }, (_, response) => response.end(Buffer.alloc(whole)));
    const asked = once(server, "request");
    const client = new HalfOpenClient(server).send(GET);
    client.socket.pause();
    await asked;
    await waitForNoConnections(server);
    client.socket.resume();
    await client.closedByServer;
    expect(client.socket.bytesRead).toBeLessThan(whole);
  });

  it("that does not begin in time ends the connection", async () => {
    const server = await startServer({ responseSeconds: 0.2 }, () => undefined);
    const client = new HalfOpenClient(server).send(GET);
    await client.closedByServer;
    expect(client.received).toBe("");
  });

  it("that is marked as streaming outlasts the time limit", async () => {
    const server = await startServer(
      { headSeconds: 0.1, requestSeconds: 0.2, responseSeconds: 0.2 },
      (request, response) => {
        if (request.url !== "/stream") return;
        markAsStreaming(response);
        response.write("begun");
        request.socket.once("ping", () => response.write("still here"));
      },
    );
    const opened = once(server, "connection");
    const stream = new HalfOpenClient(server).send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    const [socket] = (await opened) as [Socket];
    await stream.waitForText(/begun/);
    // Each of these waits longer than the limits.
    for (const _ of [1, 2]) await new HalfOpenClient(server).send(GET).closedByServer;
    socket.emit("ping");
    await stream.waitForText(/still here/);
  });

  it("is not mixed with an error when its request stops arriving", async () => {
    const server = await startServer({ headSeconds: 0.1, requestSeconds: 0.2 }, (_, response) => {
      response.writeHead(200, { "content-length": 10 }).write("half ");
    });
    const client = new HalfOpenClient(server).send(POST);
    await client.closedByServer;
    expect(client.received).toMatch(/\r\n\r\nhalf $/);
    await waitForNoConnections(server);
  });
});

it("a head that is too large is a 431", async () => {
  const server = await startServer({ headBytes: 4096 });
  const client = new HalfOpenClient(server).send(`GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${"x".repeat(5000)}\r\n\r\n`);
  await client.waitForText(/^HTTP\/1\.1 431 the request's head is too large\r\n/);
});
