import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

/** The document requires no field of an entity, because a projection may leave any out. An answer as a whole has them all. */
type Entity = Schemas["WorkflowObject"] | Schemas["TaskDirectiveObject"] | Schemas["TaskforceObject"];
type IsSameType<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type IsEntity<T> = true extends (Entity extends infer E ? (E extends unknown ? IsSameType<T, E> : never) : never)
  ? true
  : false;

/** An answer in which every entity has all its fields. */
export type WithAllFields<T> =
  IsEntity<T> extends true
    ? Required<T>
    : T extends readonly (infer Member)[]
      ? WithAllFields<Member>[]
      : T extends object
        ? { [Key in keyof T]: WithAllFields<T[Key]> }
        : T;

/** What a user asked for: tasks that run until it is aborted or finished. Times are epoch seconds. */
export type Workflow = Required<Schemas["WorkflowObject"]>;
/** What one task of a workflow runs. It never changes. */
export type TaskDirective = Required<Schemas["TaskDirectiveObject"]>;
/** One HTCondor cluster of workers for a task directive. */
export type Taskforce = Required<Schemas["TaskforceObject"]>;
/** The body of `POST /v1/workflows`. */
export type WorkflowRequest = paths["/v1/workflows"]["post"]["requestBody"]["content"]["application/json"];
