export { answerOf } from "./answers.js";
export { type Client, type ClientOptions, createClient } from "./client.js";
export type { TaskDirective, Taskforce, Whole, Workflow, WorkflowRequest } from "./entities.js";
export { LoginFailed, Refusal, Unreachable } from "./errors.js";
export type { Queried, Search } from "./paging.js";
export type { Patience } from "./retry.js";
export type { components, paths } from "./schema.js";
export type { ByPhase, FailedAttempt, Phase, Summary, TaskSummary } from "./summary.js";
export { tokenFile } from "./tokenFile.js";
export {
  type Credentials,
  createTokenSource,
  type DeviceLogin,
  type Grant,
  type TokenCache,
  type TokenSource,
} from "./tokens.js";
export type { EventData, WatchEvent, WatchOptions } from "./watch.js";
