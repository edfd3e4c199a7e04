import fc from "fast-check";
import type { Damage, Framing } from "./draft.js";
import { oddText } from "./hostileValues.js";

/** Corruptions of the bytes of a body. */
export const someDamage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant("cut" as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({
    kind: fc.constant("insert" as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.constantFrom([0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80], [0], [0x0a], [0xe2, 0x80, 0xa8]),
  }),
  fc
    .constantFrom("byte order mark", "UTF-16", "twice", "blanks around", "gzip", "called gzip")
    .map((kind) => ({ kind }) as Damage),
);

/** Framings of a body, most of them invalid. */
export const someFraming: fc.Arbitrary<Framing> = fc.oneof(
  { weight: 6, arbitrary: fc.constant("chunks") },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "no length",
      "too short",
      "too long",
      "infinite length",
      "negative length",
      "two lengths",
      "length and chunks",
      "bad chunk",
      "unended chunks",
      "unknown coding",
    ),
  },
);

/** Replaces characters that a header cannot carry. */
const inHeader = (text: string): string =>
  Buffer.from(text)
    .toString("latin1")
    .replace(/[\0\r\n]/g, " ");

/** Own and foreign names of the service, and invalid ones. */
export const someHost: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "wms",
    "WMS:80",
    "localhost",
    "localhost:80",
    "LOCALHOST.",
    "127.0.0.1:1",
    "127.1",
    "[::1]",
    "[::1",
    "evil.example",
    "127.0.0.1.evil.example",
    "evil.example:127.0.0.1",
    "127.0.0.1@evil.example",
    "127.0.0.1, evil.example",
    "",
    ":",
    "a".repeat(300),
  ),
  oddText.map(inHeader),
);

const someOrigin: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "null",
    "",
    "*",
    "http://",
    "file://",
    "http://wms",
    "http://127.0.0.1",
    "http://127.0.0.1:1",
    "//localhost",
  ),
  someHost.map((host) => `http://${host}`),
  someHost.map((host) => `https://${host}/path`),
);

/** Headers by which a service recognizes requests from pages of other origins. */
const originHeader: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  fc.tuple(
    fc.constant("Sec-Fetch-Site"),
    fc.constantFrom("same-origin", "same-site", "cross-site", "none", "CROSS-SITE", "same-origin, cross-site", "", "x"),
  ),
  fc.tuple(fc.constant("Origin"), someOrigin),
  fc.tuple(fc.constantFrom("Host", "X-Forwarded-Host"), someHost),
  fc.tuple(fc.constant("Referer"), someOrigin),
);

/** Known headers with unusual values, and invalid headers. */
export const someHeader: fc.Arbitrary<readonly [string, string]> = fc.oneof(
  originHeader,
  fc.tuple(
    fc.constant("Content-Type"),
    fc.constantFrom(
      "application/json",
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data; boundary=x",
      "application/json; charset=utf-16",
      "application/json; charset=nope",
      "application/json, text/html",
      "",
      ";;;",
      "x".repeat(1000),
    ),
  ),
  fc.tuple(
    fc.constant("Idempotency-Key"),
    fc.oneof(
      fc.nat({ max: 20 }).map((n) => `key-${n}`),
      fc.constantFrom("", "a b", "k".repeat(256)),
      oddText.map(inHeader),
    ),
  ),
  fc.tuple(fc.constantFrom("Content-Encoding"), fc.constantFrom("deflate", "br", "gzip, gzip", "nope", "identity")),
  fc.tuple(fc.constantFrom("Last-Event-ID", "X-Request-Id", "Cookie", "Origin", "Referer"), oddText.map(inHeader)),
  fc.tuple(fc.constant("Last-Event-ID"), fc.constantFrom("0-0", "1-1", "99999999999999-0", "1-1/0", "AAAA", "-1")),
  fc.tuple(fc.constant("Authorization"), fc.constantFrom("Bearer x.y.z", "Basic OmE=", "Bearer", "Negotiate", "")),
  fc.tuple(fc.constant("Accept"), fc.constantFrom("text/html", "text/event-stream", "*/*;q=nope", "")),
  fc.tuple(fc.constant("Expect"), fc.constantFrom("100-continue", "tea", "")),
  fc.tuple(fc.constant("Connection"), fc.constantFrom("close", "Upgrade", "keep-alive, x")),
  fc.tuple(fc.constant("Upgrade"), fc.constantFrom("websocket", "h2c")),
  fc.tuple(fc.constant("X-Forwarded-For"), fc.constantFrom("127.0.0.1", "::1, evil", "x".repeat(200))),
  fc.tuple(fc.constant("X-HTTP-Method-Override"), fc.constantFrom("DELETE", "POST")),
  fc.tuple(fc.constant("If-None-Match"), fc.constant("*")),
  fc.tuple(fc.constant("Range"), fc.constantFrom("bytes=0-0", "bytes=9-1", "bytes=-0,-1")),
  fc.tuple(fc.constant("Host"), fc.constantFrom("", "evil.example", "a b")),
  fc.tuple(fc.constant("Sec-Fetch-Site"), fc.constantFrom("cross-site", "same-origin", "none", "nope")),
  fc.tuple(
    fc.constantFrom("X Y", "", "__proto__", "X\0Y", "Content-Length ", "X".repeat(9000), "X"),
    fc.constantFrom("1", "\0", "a\nb", " folded\r\n value", "x".repeat(9000)),
  ),
);
