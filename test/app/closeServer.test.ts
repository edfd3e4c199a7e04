import { once } from "node:events";
import { createServer } from "node:http";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { closeServer, listen } from "../../src/app/httpListener.js";

const CLIENTS = 20;

/** A thread that opens connections while this one stands still, and sends a request on each. It posts how many have sent. */
const CLIENT_THREAD = `
  const { connect } = require("node:net");
  const { parentPort, workerData: { port, count, sent } } = require("node:worker_threads");
  const answers = Array.from({ length: count }, () => new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => {
      socket.write("GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n", () => {
        Atomics.add(sent, 0, 1);
        Atomics.notify(sent, 0);
      });
    });
    socket.on("data", (data) => (answer += data));
    socket.on("error", (error) => (answer += error.code));
    socket.on("close", () => resolve(answer));
  }));
  Promise.all(answers).then((all) => parentPort.postMessage(all));
`;

test("requests that arrived while the process stood still are answered when the server closes", async () => {
  const server = createServer((_, response) => response.end("done"));
  const url = await listen(server, "127.0.0.1", 0);
  const sent = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { port: Number(new URL(url).port), count: CLIENTS, sent };
  const thread = new Worker(CLIENT_THREAD, { eval: true, workerData });
  onTestFinished(async () => void (await thread.terminate()));
  await once(thread, "online");
  for (let count = 0; count < CLIENTS; count = Atomics.load(sent, 0)) Atomics.wait(sent, 0, count);

  const [[answers]] = await Promise.all([once(thread, "message"), closeServer(server, new AbortController().signal)]);
  expect(answers).toEqual(Array.from({ length: CLIENTS }, () => expect.stringMatching(/^HTTP\/1\.1 200 .*done/s)));
});
