import fc from "fast-check";
import { standIn } from "./createdEntities.js";
import { someCursor, someFilter, someProjection } from "./filters.js";
import { oddText } from "./hostileValues.js";
import { type Member, type Tree, treeOf } from "./jsonTree.js";

/** As much of JSON schema as the served document uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  minProperties?: number;
  items?: Schema;
  minItems?: number;
  uniqueItems?: boolean;
}

/** Cluster locations that a service outside production knows. */
const PLACES = ["test-alpha", "test-beta", "osg", "OSG"];
/** Their access points. */
export const SCHEDDS = ["SCHEDD1", "SCHEDD2", "grid-submitter.icecube.wisc.edu"];

const oneOf = (...texts: string[]): fc.Arbitrary<Tree> => fc.constantFrom(...texts).map(treeOf);
const someOf = (texts: string[], minLength = 0): fc.Arbitrary<Tree> =>
  fc.subarray(texts, { minLength, maxLength: 2 }).map(treeOf);
const byTaskforce = (value: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
  fc
    .uniqueArray(fc.tuple(fc.nat({ max: 59 }), value), { selector: ([n]) => n, minLength: 1, maxLength: 4 })
    .map((some) => ({ members: some.map(([n, member]) => [standIn("taskforce", n), member] as const) }));

/**
 * What a schema does not tell of a field, by its name: places that are known, queues that some task uses, filters. Everything else
 * comes from the schema.
 */
const KNOWN: Record<
  string,
  (ofSchema: fc.Arbitrary<Tree>, inner: () => fc.Arbitrary<Tree>) => fc.Arbitrary<Tree>
> = {
  cluster_locations: () => someOf(PLACES, 1),
  cluster_location: () => oneOf(...PLACES),
  input_queue_aliases: () => someOf(["events", "more events", "__proto__"]),
  output_queue_aliases: () => someOf(["results", "events"]),
  public_queue_aliases: () => fc.constant({ items: [] }),
  tag: () => oneOf("latest", "1.2.3", "0.10.200", "feature-abc1"),
  query: () => someFilter,
  projection: () => someProjection,
  after: () => someCursor,
  top_task_errors_by_taskforce: (_, inner) => byTaskforce(inner()),
  compound_statuses_by_taskforce: (_, inner) => byTaskforce(inner()),
};

const someText: fc.Arbitrary<Tree> = fc
  .oneof({ weight: 3, arbitrary: fc.string({ maxLength: 10 }) }, { weight: 1, arbitrary: oddText })
  .map(treeOf);
const someInteger: fc.Arbitrary<Tree> = fc
  .oneof(fc.integer({ min: -5, max: 200 }), fc.maxSafeInteger())
  .map(treeOf);

/** Values that a schema allows, out of a document's components. */
export class Valid {
  readonly #components: Record<string, Schema>;

  constructor(components: Record<string, Schema>) {
    this.#components = components;
  }

  /** The values of a schema. */
  of(schema: Schema): fc.Arbitrary<Tree> {
    if (schema.$ref !== undefined)
      return this.of(this.#components[schema.$ref.split("/").at(-1) ?? ""] ?? {});
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => this.of(choice)));
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum).map(treeOf);
    if (schema.const !== undefined) return fc.constant(treeOf(schema.const));
    if (Array.isArray(schema.type))
      return fc.oneof(...schema.type.map((type) => this.of({ ...schema, type })));
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
        return fc.double({ noNaN: true, noDefaultInfinity: true }).map(treeOf);
      case "boolean":
        return fc.boolean().map(treeOf);
      case "null":
        return fc.constant({ raw: "null" });
      default:
        return fc.jsonValue({ maxDepth: 2 }).map(treeOf);
    }
  }

  #array({ items = {}, minItems = 0, uniqueItems = false }: Schema): fc.Arbitrary<Tree> {
    const bounds = { minLength: minItems, maxLength: Math.max(minItems, 2) };
    const item = this.of(items);
    return (
      uniqueItems ? fc.uniqueArray(item, { ...bounds, selector: JSON.stringify }) : fc.array(item, bounds)
    ).map((items) => ({ items }));
  }

  #object({ properties = {}, required = [], additionalProperties, minProperties = 0 }: Schema) {
    const fields = Object.entries(properties).map(([name, schema]) =>
      this.#field(name, schema, required.includes(name)),
    );
    const free =
      typeof additionalProperties === "object" ? [this.#free(additionalProperties, minProperties)] : [];
    return fc.tuple(...fields, ...free).map((parts): Tree => ({ members: parts.flat() }));
  }

  /** A field with its value, or, unless it is required, none. */
  #field(name: string, schema: Schema, isRequired: boolean): fc.Arbitrary<readonly Member[]> {
    const inner = () => this.of((schema.additionalProperties || {}) as Schema);
    const value = KNOWN[name]?.(this.of(schema), inner) ?? this.of(schema);
    const field = value.map((found): readonly Member[] => [[name, found]]);
    return isRequired ? field : fc.oneof(field, fc.constant([]));
  }

  /** Keys of the caller's own choice. */
  #free(schema: Schema, least: number): fc.Arbitrary<readonly Member[]> {
    const key = fc.oneof(fc.constantFrom("HELD: why", "RUNNING", "null", "a.b"), oddText);
    return fc.uniqueArray(fc.tuple(key, this.of(schema)), {
      selector: ([name]) => name,
      minLength: least,
      maxLength: Math.max(least, 3),
    });
  }
}
