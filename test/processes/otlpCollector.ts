import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** A span as it came over the wire; ids in hex. */
export interface CollectedSpan {
  traceId: string;
  spanId: string;
  /** Empty for the first of a trace. */
  parentId: string;
  name: string;
  /** OTLP's number: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  /** What the process said of itself: its `wms.role`. */
  role: string;
  attributes: Record<string, string | number>;
}

/** A collector of OpenTelemetry traces: OTLP over HTTP, in protobuf. */
export interface OtlpCollector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  url: string;
  /** `POST /v1/traces`, or whatever else came. */
  requests: string[];
  spans: CollectedSpan[];
}

/** It is closed when the test has ended. */
export async function startOtlpCollector(): Promise<OtlpCollector> {
  const requests: string[] = [];
  const spans: CollectedSpan[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers["content-type"]}`);
    receive(request, spans)
      .then(() => response.end())
      .catch((error: Error) => response.destroy(error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, spans };
}

/** Field numbers are those of opentelemetry/proto/trace/v1/trace.proto. */
async function receive(request: IncomingMessage, spans: CollectedSpan[]): Promise<void> {
  for (const resourceSpans of fieldsOf(await buffer(request)).bytes(1)) {
    const [resource] = fieldsOf(resourceSpans).bytes(1);
    const role = String(attributesOf(fieldsOf(resource).bytes(1))["wms.role"]);
    for (const scopeSpans of fieldsOf(resourceSpans).bytes(2))
      for (const span of fieldsOf(scopeSpans).bytes(2)) spans.push({ role, ...spanOf(span) });
  }
}

function spanOf(bytes: Buffer): Omit<CollectedSpan, "role"> {
  const fields = fieldsOf(bytes);
  const hex = (field: number) => fields.bytes(field)[0]?.toString("hex") ?? "";
  return {
    traceId: hex(1),
    spanId: hex(2),
    parentId: hex(4),
    name: fields.bytes(5)[0]?.toString() ?? "",
    kind: fields.number(6),
    attributes: attributesOf(fields.bytes(9)),
  };
}

/** Texts and whole numbers; other values are left out. */
function attributesOf(pairs: readonly Buffer[]): Record<string, string | number> {
  return Object.fromEntries(
    pairs.flatMap((pair) => {
      const [key, value] = [1, 2].map((field) => fieldsOf(pair).bytes(field)[0]);
      const [text] = fieldsOf(value).bytes(1);
      return [[String(key), text === undefined ? fieldsOf(value).number(3) : text.toString()]];
    }),
  );
}

interface Fields {
  /** The values of a field that holds text, bytes or messages. */
  bytes(field: number): Buffer[];
  /** The value of a field that holds a number; 0 when it is missing. */
  number(field: number): number;
}

/** Protobuf's encoding, as far as OTLP uses it: each field is a tag, and a number or a length and bytes. */
function fieldsOf(message: Buffer = Buffer.alloc(0)): Fields {
  const found: { field: number; value: Buffer | number }[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => {
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const tag = varint();
    const wire = tag % 8;
    const value = wire === 0 ? varint() : take(wire === 2 ? varint() : wire === 1 ? 8 : 4);
    found.push({ field: Math.floor(tag / 8), value });
  }
  const of = (wanted: number) => found.filter(({ field }) => field === wanted).map(({ value }) => value);
  return {
    bytes: (field) => of(field).filter((value) => Buffer.isBuffer(value)),
    number: (field) => of(field).find((value) => typeof value === "number") ?? 0,
  };
}
