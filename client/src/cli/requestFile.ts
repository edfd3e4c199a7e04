import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { WorkflowRequest } from "../entities.js";
import { usageError } from "./exits.js";
import { type Fault, faultsOf, fieldName, type Path } from "./requestCheck.js";

/** Faults that are told at a time. */
const MOST_FAULTS = 10;

/**
 * Reads the request for a workflow and checks it as far as that is possible here.
 *
 * @param file JSON or YAML; `-` is stdin
 * @throws CommandError that names the line of each fault
 */
export async function readRequest(file: string): Promise<WorkflowRequest> {
  const name = file === "-" ? "stdin" : file;
  const content =
    file === "-" ? await text(process.stdin) : await readFile(file, "utf8").catch(notReadable(file));
  return parseRequest(name, content);
}

/** @param name of the file, for errors. @see readRequest */
export function parseRequest(name: string, content: string): WorkflowRequest {
  const parsed = parse(name, content);
  const faults = faultsOf(parsed.value);
  if (faults.length === 0) return parsed.value as WorkflowRequest;
  // Lines cost another look at the file, which is not needed when all is well.
  const { document, lines } = parsed.withLines();
  const told = faults.slice(0, MOST_FAULTS).map((fault) => {
    const line = lines.linePos(offsetOf(document, fault)).line;
    return `${name}:${line}: ${fieldName(fault.path)}: ${fault.what}`;
  });
  if (faults.length > MOST_FAULTS) told.push(`and ${faults.length - MOST_FAULTS} more`);
  throw usageError(told.join("\n"));
}

interface Parsed {
  value: unknown;
  withLines(): { document: Document; lines: LineCounter };
}

function parse(name: string, content: string): Parsed {
  const withLines = () => {
    const lines = new LineCounter();
    return {
      document: parseDocument(content, { lineCounter: lines, merge: true, prettyErrors: false }),
      lines,
    };
  };
  try {
    return { value: JSON.parse(content) as unknown, withLines };
  } catch {
    // It is YAML, or broken JSON, which the reader of YAML can say the line of.
  }
  const { document, lines } = withLines();
  const [error] = document.errors;
  if (error !== undefined)
    throw usageError(
      `${name}:${lines.linePos(error.pos[0]).line}: it is neither JSON nor YAML: ${error.message}`,
    );
  try {
    return { value: document.toJS() as unknown, withLines: () => ({ document, lines }) };
  } catch (cause) {
    throw usageError(`${name}: ${(cause as Error).message}`);
  }
}

/** Where a fault begins. A field that is missing is missing where its object begins. */
function offsetOf(document: Document, { path, unknown }: Fault): number {
  for (let length = path.length; length > 0; length--) {
    const found =
      unknown && length === path.length ? keyAt(document, path) : document.getIn(path.slice(0, length), true);
    if (isNode(found) && found.range) return found.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function keyAt(document: Document, path: Path): unknown {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const name = String(path.at(-1));
  return isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === name)?.key
    : undefined;
}

const notReadable =
  (file: string) =>
  (error: NodeJS.ErrnoException): never => {
    const why = error.code === "ENOENT" ? "there is no such file" : error.message;
    throw usageError(`${file}: ${why}`);
  };
