import fc from "fast-check";
import { placeholder } from "./createdEntities.js";
import { cursorTree, filterTree, projectionTree } from "./filters.js";
import { oddText } from "./hostileValues.js";
import { type JsonMember, type JsonTree, toTree } from "./jsonTree.js";

/** The parts of JSON schema that the served document uses. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  minProperties?: number;
  items?: JsonSchema;
  minItems?: number;
  uniqueItems?: boolean;
}

/** Default cluster locations outside production. */
const KNOWN_LOCATIONS = ["test-alpha", "test-beta", "osg", "OSG"];
/** The access points of these locations. */
export const KNOWN_SCHEDDS = ["SCHEDD1", "SCHEDD2", "grid-submitter.icecube.wisc.edu"];

const oneOf = (...texts: string[]): fc.Arbitrary<JsonTree> => fc.constantFrom(...texts).map(toTree);
const someOf = (texts: string[], minLength = 0): fc.Arbitrary<JsonTree> =>
  fc.subarray(texts, { minLength, maxLength: 2 }).map(toTree);
const byTaskforce = (value: fc.Arbitrary<JsonTree>): fc.Arbitrary<JsonTree> =>
  fc
    .uniqueArray(fc.tuple(fc.nat({ max: 59 }), value), { selector: ([n]) => n, minLength: 1, maxLength: 4 })
    .map((some) => ({ members: some.map(([n, member]) => [placeholder("taskforce", n), member] as const) }));

/** Values of fields whose schema is too general for valid requests, such as known locations and filters. */
const FIELD_ARBITRARIES: Record<
  string,
  (ofSchema: fc.Arbitrary<JsonTree>, inner: () => fc.Arbitrary<JsonTree>) => fc.Arbitrary<JsonTree>
> = {
  cluster_locations: () => someOf(KNOWN_LOCATIONS, 1),
  cluster_location: () => oneOf(...KNOWN_LOCATIONS),
  input_queue_aliases: () => someOf(["events", "more events", "__proto__"]),
  output_queue_aliases: () => someOf(["results", "events"]),
  public_queue_aliases: () => fc.constant({ items: [] }),
  tag: () => oneOf("latest", "1.2.3", "0.10.200", "feature-abc1"),
  query: () => filterTree,
  projection: () => projectionTree,
  after: () => cursorTree,
  top_task_errors_by_taskforce: (_, inner) => byTaskforce(inner()),
  compound_statuses_by_taskforce: (_, inner) => byTaskforce(inner()),
};

const someText: fc.Arbitrary<JsonTree> = fc
  .oneof({ weight: 3, arbitrary: fc.string({ maxLength: 10 }) }, { weight: 1, arbitrary: oddText })
  .map(toTree);
const someInteger: fc.Arbitrary<JsonTree> = fc
  .oneof(fc.integer({ min: -5, max: 200 }), fc.maxSafeInteger())
  .map(toTree);

/** Generates values that a schema allows. */
export class SchemaValues {
  readonly #components: Record<string, JsonSchema>;

  constructor(components: Record<string, JsonSchema>) {
    this.#components = components;
  }

  /** Generates the values of a schema. */
  valuesOf(schema: JsonSchema): fc.Arbitrary<JsonTree> {
    if (schema.$ref !== undefined) return this.valuesOf(this.#components[schema.$ref.split("/").at(-1) ?? ""] ?? {});
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => this.valuesOf(choice)));
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum).map(toTree);
    if (schema.const !== undefined) return fc.constant(toTree(schema.const));
    if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => this.valuesOf({ ...schema, type })));
    switch (schema.type) {
      case "object":
        return this.#object(schema);
      case "array":
        return this.#array(schema);
      case "string":
        return someText;
      case "integer":
        return someInteger;
      case "number":
        return fc.double({ noNaN: true, noDefaultInfinity: true }).map(toTree);
      case "boolean":
        return fc.boolean().map(toTree);
      case "null":
        return fc.constant({ raw: "null" });
      default:
        return fc.jsonValue({ maxDepth: 2 }).map(toTree);
    }
  }

  #array({ items = {}, minItems = 0, uniqueItems = false }: JsonSchema): fc.Arbitrary<JsonTree> {
    const bounds = { minLength: minItems, maxLength: Math.max(minItems, 2) };
    const item = this.valuesOf(items);
    return (uniqueItems ? fc.uniqueArray(item, { ...bounds, selector: JSON.stringify }) : fc.array(item, bounds)).map(
      (items) => ({ items }),
    );
  }

  #object({ properties = {}, required = [], additionalProperties, minProperties = 0 }: JsonSchema) {
    const fields = Object.entries(properties).map(([name, schema]) =>
      this.#field(name, schema, required.includes(name)),
    );
    const free = typeof additionalProperties === "object" ? [this.#free(additionalProperties, minProperties)] : [];
    return fc.tuple(...fields, ...free).map((parts): JsonTree => ({ members: parts.flat() }));
  }

  /** Generates a field, and omits it sometimes unless it is required. */
  #field(name: string, schema: JsonSchema, isRequired: boolean): fc.Arbitrary<readonly JsonMember[]> {
    const inner = () => this.valuesOf((schema.additionalProperties || {}) as JsonSchema);
    const value = FIELD_ARBITRARIES[name]?.(this.valuesOf(schema), inner) ?? this.valuesOf(schema);
    const field = value.map((found): readonly JsonMember[] => [[name, found]]);
    return isRequired ? field : fc.oneof(field, fc.constant([]));
  }

  /** Generates additional properties. */
  #free(schema: JsonSchema, least: number): fc.Arbitrary<readonly JsonMember[]> {
    const key = fc.oneof(fc.constantFrom("HELD: why", "RUNNING", "null", "a.b"), oddText);
    return fc.uniqueArray(fc.tuple(key, this.valuesOf(schema)), {
      selector: ([name]) => name,
      minLength: least,
      maxLength: Math.max(least, 3),
    });
  }
}
