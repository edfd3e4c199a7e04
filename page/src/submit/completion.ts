import type { Schema } from "@cfworker/json-schema";
import { type Document, isMap, isPair, isScalar, isSeq, parseDocument, visit } from "yaml";

/** Something that fits at the cursor. */
export interface Suggestion {
  label: string;
  description: string;
  /** What replaces the word at the cursor. */
  insert: string;
}

/** The suggestions at a cursor. */
export interface Completion {
  /** Offsets of the word that a suggestion replaces. */
  start: number;
  end: number;
  suggestions: readonly Suggestion[];
}

/** Stands for the word at the cursor while the text is parsed. */
const MARKER = "cursor_is_here";

interface Place {
  path: (string | number)[];
  isKey: boolean;
  /** Keys of the object at the place, which are not suggested again. */
  siblings: ReadonlySet<string>;
}

/**
 * Finds the keys that the schema allows at the cursor, or the values.
 *
 * @param offset of the cursor
 * @param locations for `cluster_locations`, with their descriptions
 */
export function completeAt(
  text: string,
  offset: number,
  schema: Schema,
  locations: readonly { name: string; description: string }[],
): Completion {
  const before = /[\w./-]*$/.exec(text.slice(0, offset))?.[0] ?? "";
  const after = /^[\w./-]*/.exec(text.slice(offset))?.[0] ?? "";
  const [start, end] = [offset - before.length, offset + after.length];
  const isQuoted = text[start - 1] === '"';
  const hasColon = /^"?\s*:/.test(text.slice(end));
  const isJson = /^\s*[{[]/.test(text);
  const place = findPlace(text, start, end);
  const offered = place === undefined ? [] : suggestionsAt(place, schema, locations);
  const suggestions = offered
    .filter(({ label }) => label.startsWith(before))
    .map(({ label, description, isKey, isWord }) => {
      const quoted = isQuoted || (!isJson && isWord) ? label : isWord ? JSON.stringify(label) : label;
      return { label, description, insert: isKey && !hasColon && !isQuoted ? `${quoted}: ` : quoted };
    });
  return { start, end, suggestions };
}

function findPlace(text: string, start: number, end: number): Place | undefined {
  const lineBefore = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
  const rest = text.slice(end).split("\n", 1)[0] ?? "";
  // A key of YAML needs its colon to be parsed as one.
  const isBlockKey = /^[\s-]*$/.test(lineBefore) && rest.trim() === "" && !isInsideBrackets(text.slice(0, start));
  const document = parseDocument(`${text.slice(0, start)}${MARKER}${isBlockKey ? ":" : ""}${text.slice(end)}`, {
    prettyErrors: false,
    strict: false,
  });
  return locateMarker(document);
}

/** Whether a text ends within braces or brackets: in JSON, or in such a part of YAML. */
function isInsideBrackets(text: string): boolean {
  let depth = 0;
  for (const sign of text.replace(/"(?:[^"\\\n]|\\.)*"/g, "").match(/[{}[\]]/g) ?? [])
    depth += sign === "{" || sign === "[" ? 1 : -1;
  return depth > 0;
}

function locateMarker(document: Document): Place | undefined {
  let place: Place | undefined;
  visit(document, {
    Scalar(key, node, ancestors) {
      if (typeof node.value !== "string" || !node.value.includes(MARKER)) return;
      const path: (string | number)[] = [];
      for (const [at, ancestor] of ancestors.entries()) {
        const child: unknown = ancestors[at + 1] ?? node;
        // The pair of a key is not part of the path to it.
        if (isPair(ancestor) && !(child === node && key === "key"))
          path.push(String(isScalar(ancestor.key) ? ancestor.key.value : ""));
        else if (isSeq(ancestor)) path.push(ancestor.items.indexOf(child));
      }
      const map = ancestors.findLast(isMap);
      const siblings = (map?.items ?? []).flatMap((pair) => (isScalar(pair.key) ? [String(pair.key.value)] : []));
      place = { path, isKey: key === "key", siblings: new Set(siblings) };
      return visit.BREAK;
    },
  });
  return place;
}

interface Offer {
  label: string;
  description: string;
  isKey: boolean;
  /** Whether it is a text, which JSON has in quotes. */
  isWord: boolean;
}

function suggestionsAt(
  { path, isKey, siblings }: Place,
  root: Schema,
  locations: readonly { name: string; description: string }[],
): Offer[] {
  const schema = schemaAt(root, path);
  const properties = (schema?.properties ?? {}) as Record<string, Schema>;
  const required = new Set<string>(schema?.required ?? []);
  // Before its colon, a key of YAML in a list looks like a text.
  if (schema?.type === "object")
    return Object.entries(properties)
      .filter(([name]) => !(isKey && siblings.has(name)))
      .map(([name, { description = "" }]) => ({
        label: name,
        description: `${required.has(name) ? "required" : "optional"}. ${description}`,
        isKey: true,
        isWord: true,
      }));
  if (path.at(-2) === "cluster_locations" || path.at(-1) === "cluster_locations") {
    const isItem = typeof path.at(-1) === "number";
    return locations.map(({ name, description }) => ({
      label: isItem ? name : JSON.stringify([name]),
      description,
      isKey: false,
      isWord: isItem,
    }));
  }
  const words = ((schema?.enum ?? []) as unknown[]).map((value) => ({ label: String(value), isWord: true }));
  const flags = schema?.type === "boolean" ? ["true", "false"].map((label) => ({ label, isWord: false })) : [];
  return [...words, ...flags].map((offer) => ({ ...offer, description: schema?.description ?? "", isKey: false }));
}

function schemaAt(root: Schema, path: readonly (string | number)[]): Schema | undefined {
  let schema: Schema | undefined = root;
  for (const step of path)
    schema =
      typeof step === "number"
        ? (schema?.items as Schema | undefined)
        : (schema?.properties?.[step] as Schema | undefined);
  return schema;
}
