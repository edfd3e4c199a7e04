import { Agent } from "node:http";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { freshDatabase } from "../setup/database.js";
import { sendRequest } from "../setup/http.js";
import { waitUntil } from "../setup/waitFor.js";
import { ServiceProcess } from "./serviceProcess.js";

/** A service with several web processes behind one port. */
class SpreadService {
  readonly process: ServiceProcess;
  readonly url: string;

  private constructor(process: ServiceProcess, url: string) {
    this.process = process;
    this.url = url;
  }

  static async start(webProcesses: number, settings: Record<string, string> = {}): Promise<SpreadService> {
    const environment = { REDIS_URL: await freshDatabase(), WEB_CONCURRENCY: String(webProcesses), ...settings };
    const process = new ServiceProcess("web", environment);
    const service = new SpreadService(process, await process.waitForUrl());
    await waitUntil("all processes are named in the log", () => service.#started().length === webProcesses);
    return service;
  }

  #started() {
    return this.process.logLines().filter((line) => "started" in line);
  }

  /** The ids of the processes that had a name, oldest first. */
  pids(name: string): number[] {
    return this.#started().flatMap((line) => (line["process"] === name ? [Number(line["started"])] : []));
  }

  /** Sends a request over a connection of its own, which stays open. @returns the id of the process that responded */
  async openConnection(): Promise<number> {
    const agent = new Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const answer = await sendRequest(`${this.url}/v1/`, { agent });
    expect(answer).toMatchObject({ status: 200, headers: { connection: "keep-alive" } });
    const id = answer.headers["x-request-id"];
    const logged = () => this.process.logLines().find((line) => line["request"] === id)?.["pid"];
    await waitUntil("the request is logged", () => logged() !== undefined);
    return Number(logged());
  }

  /** Opens connections at once. @returns their number by the id of the process */
  async openConnections(count: number): Promise<Map<number, number>> {
    const numbers = new Map<number, number>();
    for (const pid of await Promise.all(Array.from({ length: count }, () => this.openConnection())))
      numbers.set(pid, (numbers.get(pid) ?? 0) + 1);
    return numbers;
  }
}

/** The first process that had a name. */
const firstPid = (service: SpreadService, name: string): number => service.pids(name)[0] ?? 0;

test("each of four processes gets a quarter of 64 connections that are opened at once", async () => {
  const service = await SpreadService.start(4);
  const parts = await service.openConnections(64);
  const pids = ["web-1", "web-2", "web-3", "web-4"].map((name) => firstPid(service, name));
  expect(parts).toEqual(new Map(pids.map((pid) => [pid, 16])));
});

test("a process that was restarted gets all connections until it has its part, and others those of a process that is killed", async () => {
  const service = await SpreadService.start(2);
  const [killed, other] = [firstPid(service, "web-1"), firstPid(service, "web-2")];
  expect(await service.openConnections(8)).toEqual(
    new Map([
      [killed, 4],
      [other, 4],
    ]),
  );
  process.kill(killed, "SIGKILL");
  await waitUntil("it is restarted", () => service.pids("web-1").length === 2);
  expect(await service.openConnections(4)).toEqual(new Map([[service.pids("web-1")[1], 4]]));
});

test("a suspended process gets few connections, and when it is killed, the other one gets those that it did not receive", async () => {
  const service = await SpreadService.start(2);
  const [suspended, other] = [firstPid(service, "web-1"), firstPid(service, "web-2")];
  process.kill(suspended, "SIGSTOP");
  let isKilled = false;
  const kill = () => {
    if (!isKilled) isKilled = process.kill(suspended, "SIGKILL");
  };
  // It must not outlive a failed test.
  onTestFinished(kill);
  const connections: Promise<number>[] = [];
  let answered = 0;
  await waitUntil("nearly all connections get a response", () => {
    connections.push(service.openConnection());
    void connections.at(-1)?.then(() => answered++);
    return connections.length > 40 && answered > 0.8 * connections.length;
  });
  kill();
  expect(new Set(await Promise.all(connections))).toEqual(new Set([other]));
});

test("without any process, connections wait for the next one", async () => {
  const service = await SpreadService.start(2);
  for (const name of ["web-1", "web-2"]) process.kill(firstPid(service, name), "SIGKILL");
  await waitUntil("both have exited", () => service.process.logLines().filter((line) => "ended" in line).length === 2);
  const pid = await service.openConnection();
  // The log is written asynchronously, so the line of the supervisor may follow that of the request.
  const restarted = () => ["web-1", "web-2"].flatMap((name) => service.pids(name).slice(1));
  await waitUntil("it was a restarted one", () => restarted().includes(pid));
});

test("a client may end its side before the response, and a head that does not arrive in time gets a 408", async () => {
  const service = await SpreadService.start(2, { REQUEST_HEAD_SECONDS: "1" });
  const port = Number(new URL(service.url).port);
  const exchange = async (text: string, ends: boolean): Promise<string> => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    onTestFinished(() => void socket.destroy());
    if (ends) socket.end(text);
    else socket.write(text);
    let received = "";
    for await (const piece of socket.setEncoding("latin1")) received += piece;
    return received;
  };
  const head = "GET /v1/ HTTP/1.1\r\nHost: localhost\r\n";
  expect(await exchange(`${head}\r\n`, true)).toMatch(/^HTTP\/1\.1 200 OK/);
  expect(await exchange(head, false)).toMatch(/^HTTP\/1\.1 408 /);
});
