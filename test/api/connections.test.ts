import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { markEndless } from "../../src/api/http/streamingResponse.js";
import { createServer } from "../../src/api/http/httpServer.js";
import { DEFAULT_LIMITS, type Limits } from "../../src/domain/httpLimits.js";
import { logRefusals } from "../../src/app/httpListener.js";
import { recordingLog } from "../mqs/recordingLog.js";
import { eventually } from "../scenarios/serviceScenario.js";

const ok: RequestListener = (request, response) => {
  request.resume();
  request.on("end", () => response.end("served"));
};

async function serving(limits: Partial<Limits>, app: RequestListener = ok): Promise<Server> {
  const server = createServer(app, { ...DEFAULT_LIMITS, ...limits });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
  });
  return server;
}

/** A client that never closes a connection by itself, whatever the server says. */
class Client {
  received = "";
  readonly socket: Socket;
  /** Fulfilled when the server has closed its end, or cut the connection. */
  readonly letGo: Promise<unknown>;
  readonly #dripping: NodeJS.Timeout[] = [];

  constructor(server: Server) {
    const { port } = server.address() as AddressInfo;
    this.socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    this.socket.setEncoding("latin1").on("data", (text: string) => {
      this.received += text;
    });
    this.socket.on("error", () => undefined);
    this.letGo = new Promise((resolve) => this.socket.once("end", resolve).once("close", resolve));
    onTestFinished(() => {
      for (const timer of this.#dripping) clearInterval(timer);
      this.socket.destroy();
    });
  }

  send(text: string): this {
    this.socket.write(text);
    return this;
  }

  /** Sends one byte after another, until nobody takes them any more. */
  drip(): this {
    this.#dripping.push(setInterval(() => this.socket.writable && this.socket.write("x"), 20));
    return this;
  }

  hears(pattern: RegExp): Promise<string> {
    return eventually(
      `${pattern} from the server`,
      async () => this.received,
      (text) => pattern.test(text),
    );
  }
}

const connections = (server: Server): Promise<number> =>
  new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );

const gone = (server: Server) =>
  eventually(
    "no connection is left",
    () => connections(server),
    (count) => count === 0,
  );

const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const POST = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";
const LATE =
  /^HTTP\/1\.1 408 the request did not arrive in time\r\n.*\{"code":408,"error":"the request did not arrive in time"\}$/s;

describe("a client that takes its time is told so and loses its connection, even if it never closes it:", () => {
  it("with nothing at all", async () => {
    const server = await serving({ headSeconds: 0.1 });
    await new Client(server).hears(LATE);
    await gone(server);
  });

  it("with the head, byte by byte", async () => {
    const server = await serving({ headSeconds: 0.1 });
    await new Client(server).send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").drip().hears(LATE);
    await gone(server);
  });

  it("with the head of a later request", async () => {
    const server = await serving({ headSeconds: 0.1 });
    const client = new Client(server).send(GET);
    await client.hears(/served/);
    client.send("GET / HTTP/1.1\r\nX-Slow: ").drip();
    await client.hears(/served.*HTTP\/1\.1 408 /s);
    await gone(server);
  });

  it("with the body, byte by byte", async () => {
    const server = await serving({ headSeconds: 0.1, requestSeconds: 0.2 });
    await new Client(server).send(POST).drip().hears(LATE);
    await gone(server);
  });

  it("to read why its request was refused", async () => {
    const server = await serving({});
    await new Client(server).send("hello\r\n\r\n").hears(/^HTTP\/1\.1 400 malformed HTTP request\r\n/);
    await gone(server);
  });
});

describe("the last answer on a connection is read although it came before all of the body:", () => {
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
    ["the client wants it to be closed", head("Host: x\r\nConnection: close\r\n"), /refused/, refuse],
    ["so it does, and reading had begun", head("Host: x\r\nConnection: close\r\n"), /refused/, refuseAmid],
  ])("%s", async (_, sent, expected, app) => {
    const server = await serving({}, app);
    const client = new Client(server).send(sent);
    const written = new Promise((resolve) => client.socket.write("x".repeat(LONG), resolve));
    await client.hears(expected);
    expect(await written).toBeFalsy();
    await gone(server);
  });

  it("what is asked for behind the body is not done", async () => {
    let asked = 0;
    const server = await serving({}, (request, response) => {
      asked++;
      refuse(request, response);
    });
    const client = new Client(server).send(
      "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\n",
    );
    await client.hears(/refused/);
    client.send(`body${GET}`);
    await gone(server);
    expect(asked).toBe(1);
  });

  it("a client that sends nothing more is waited for a moment only", async () => {
    const server = await serving({}, refuse);
    await new Client(server).send(head("Host: x\r\nConnection: close\r\n")).hears(/refused/);
    await gone(server);
  });
});

it("an idle connection outlasts the time for a head", async () => {
  const server = await serving({ headSeconds: 0.1 });
  const idle = new Client(server).send(GET);
  await idle.hears(/served/);
  // Another one that is thrown out shows that the time is up.
  await new Client(server).hears(LATE);
  idle.send(GET);
  await idle.hears(/served.*served/s);
});

describe("an answer", () => {
  it("that is not taken in time is cut off", async () => {
    const whole = 64 * 1024 * 1024;
    const server = await serving({ answerSeconds: 0.2 }, (_, response) => response.end(Buffer.alloc(whole)));
    const asked = once(server, "request");
    const client = new Client(server).send(GET);
    client.socket.pause();
    await asked;
    await gone(server);
    client.socket.resume();
    await client.letGo;
    expect(client.socket.bytesRead).toBeLessThan(whole);
  });

  it("that does not come in time ends the connection", async () => {
    const server = await serving({ answerSeconds: 0.2 }, () => undefined);
    const client = new Client(server).send(GET);
    await client.letGo;
    expect(client.received).toBe("");
  });

  it("that is marked as endless goes on when others are cut off", async () => {
    const server = await serving(
      { headSeconds: 0.1, requestSeconds: 0.2, answerSeconds: 0.2 },
      (request, response) => {
        if (request.url !== "/endless") return;
        markEndless(response);
        response.write("begun");
        request.socket.once("ping", () => response.write("still here"));
      },
    );
    const opened = once(server, "connection");
    const endless = new Client(server).send("GET /endless HTTP/1.1\r\nHost: x\r\n\r\n");
    const [socket] = (await opened) as [Socket];
    await endless.hears(/begun/);
    // Each of them waits longer than any limit allows.
    for (const _ of [1, 2]) await new Client(server).send(GET).letGo;
    socket.emit("ping");
    await endless.hears(/still here/);
  });

  it("is not mixed with another one when its request stops arriving", async () => {
    const server = await serving({ headSeconds: 0.1, requestSeconds: 0.2 }, (_, response) => {
      response.writeHead(200, { "content-length": 10 }).write("half ");
    });
    const client = new Client(server).send(POST);
    await client.letGo;
    expect(client.received).toMatch(/\r\n\r\nhalf $/);
    await gone(server);
  });
});

it("a head that is too large is a 431", async () => {
  const server = await serving({ headBytes: 4096 });
  const client = new Client(server).send(`GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${"x".repeat(5000)}\r\n\r\n`);
  await client.hears(/^HTTP\/1\.1 431 the request's head is too large\r\n/);
});

it("connections beyond their number are closed at once, and the log says so; when one ends, another is served", async () => {
  const server = await serving({ connections: 2 });
  const { log, lines } = recordingLog();
  logRefusals(server, log);
  const clients = [new Client(server), new Client(server)];
  for (const client of clients) await client.send(GET).hears(/served/);

  for (const _ of [1, 2, 3]) {
    const refused = new Client(server);
    await refused.letGo;
    expect(refused.received).toBe("");
  }
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: 40, refused: 1, allowed: 2, msg: expect.stringMatching(/^too many/) }),
  ]);

  for (const client of clients) client.send(GET);
  for (const client of clients) await client.hears(/served.*served/s);
  clients[0]?.socket.destroy();
  await eventually(
    "one is gone",
    () => connections(server),
    (count) => count === 1,
  );
  await new Client(server).send(GET).hears(/served/);
});
