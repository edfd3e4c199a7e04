import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { isPublicAddress, RefusedAddress, refusalOfUrl, resolveChecked } from "../../src/webhooks/publicAddress.js";
import { sendOnce } from "../../src/webhooks/sendOnce.js";
import { Receiver } from "./receiver.js";

const PRIVATE_ADDRESSES = [
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "192.0.0.1",
  "192.168.1.1",
  "198.18.0.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::127.0.0.1",
  "::ffff:127.0.0.1",
  "::ffff:8.8.8.8",
  "64:ff9b::7f00:1",
  "64:ff9b:1::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "2001::1",
  "fc00::1",
  "fd12::1",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "ff02::1",
  "no address",
];

describe("an IP address", () => {
  it.each(PRIVATE_ADDRESSES)("%s is not public", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"])(
    "%s is public",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );
});

describe("the address of a webhook", () => {
  it.each([
    ["ftp://example.org/", "is not an http(s) address"],
    ["example.org", "is not an http(s) address"],
    ["https://user:secret@example.org/", "must not hold a user or a password"],
    ["http://example.org/", "must begin with https://"],
    ["https://127.0.0.1/", "must not be a private or local address"],
    // Other spellings of 127.0.0.1.
    ["https://2130706433/", "must not be a private or local address"],
    ["https://0x7f.1/", "must not be a private or local address"],
    ["https://127.1/", "must not be a private or local address"],
    ["https://0177.0.0.1/", "must not be a private or local address"],
    ["https://[::1]:8443/", "must not be a private or local address"],
    ["https://[::ffff:7f00:1]/", "must not be a private or local address"],
    ["https://[::ffff:127.0.0.1]/", "must not be a private or local address"],
    ["https://[64:ff9b::10.0.0.1]/", "must not be a private or local address"],
  ])("%s %s", (url, refusal) => {
    expect(refusalOfUrl(url, false)).toBe(refusal);
  });

  it("may be any public host and port with https, or with the setting any host", () => {
    expect(refusalOfUrl("https://hooks.example.org:8443/a?b=c", false)).toBeUndefined();
    expect(refusalOfUrl("http://127.0.0.1:9/", true)).toBeUndefined();
  });
});

describe("a host", () => {
  it.each(["https://localhost/", "https://[::1]/", "https://2130706433/"])(
    "%s is refused, because it resolves to a local address",
    async (url) => {
      await expect(resolveChecked(new URL(url), false)).rejects.toThrow(RefusedAddress);
    },
  );

  it("is resolved to addresses that are all checked", async () => {
    const addresses = await resolveChecked(new URL("https://localhost/"), true);
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.some(({ address }) => isPublicAddress(address))).toBe(false);
    expect(await resolveChecked(new URL("https://8.8.8.8/"), false)).toEqual([{ address: "8.8.8.8", family: 4 }]);
  });
});

describe("a request to a receiver", () => {
  let receiver: Receiver;
  let silent: Server;
  beforeAll(async () => {
    receiver = await Receiver.start();
    silent = createServer(() => {});
    await new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    await receiver.stop();
    silent.closeAllConnections();
    silent.close();
  });

  const request = (url: string, allowPrivate: boolean, timeoutMs = 5000) =>
    sendOnce({
      url,
      headers: { "content-type": "application/json" },
      body: '{"event":"ping"}',
      allowPrivate,
      timeoutMs,
    });

  it("is not sent to a name that resolves to a local address", async () => {
    const { port } = new URL(receiver.url);
    await expect(request(`https://localhost:${port}/`, false)).rejects.toThrow(RefusedAddress);
    await expect(request(receiver.url, false)).rejects.toThrow("the address must begin with https://");
    expect(receiver.calls).toHaveLength(0);
  });

  it("goes to the resolved address with the name as Host", async () => {
    const { port } = new URL(receiver.url);
    expect(await request(`http://localhost:${port}/named`, true)).toBe(204);
    expect(receiver.calls.at(-1)).toMatchObject({ path: "/named", headers: { host: `localhost:${port}` } });
  });

  it("names the host in TLS, and needs a certificate from a known authority", async () => {
    const names: string[] = [];
    const file = (name: string) => readFileSync(`test/redis/certificates/server.${name}`);
    const secure = createTlsServer({
      cert: file("crt"),
      key: file("key"),
      SNICallback(name, done) {
        names.push(name);
        done(null);
      },
    });
    await new Promise<void>((resolve) => void secure.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void secure.close());
    const { port } = secure.address() as AddressInfo;
    await expect(request(`https://localhost:${port}/`, true)).rejects.toThrow(/certificate/);
    expect(names).toEqual(["localhost"]);
  });

  it("fails when the receiver changes the protocol", async () => {
    const switching = createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () =>
        socket.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: Upgrade\r\n\r\n"),
      );
    });
    await new Promise<void>((resolve) => void switching.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void switching.close());
    const { port } = switching.address() as AddressInfo;
    await expect(request(`http://127.0.0.1:${port}/`, true, 2000)).rejects.toThrow(
      "the receiver closed the connection",
    );
  });

  it("ends after its time when the receiver is silent", async () => {
    const { port } = silent.address() as AddressInfo;
    await expect(request(`http://127.0.0.1:${port}/`, true, 300)).rejects.toThrow(
      "the receiver did not answer within 0.3 s",
    );
  });
});
