export { answerOf } from "./unwrapResponse.js";
export { type Client, type ClientOptions, createClient } from "./client.js";
export type { TaskDirective, Taskforce, Whole, Workflow, WorkflowRequest } from "./entityTypes.js";
export { LoginFailed, Refusal, Unreachable } from "./clientErrors.js";
export type { Queried, Search } from "./paging.js";
export type { Patience } from "./retryRequests.js";
export type { components, paths } from "./schema.js";
export type { ByPhase, FailedAttempt, Phase, Summary, TaskSummary } from "./summaryTypes.js";
export { tokenFile } from "./tokenFile.js";
export {
  type Credentials,
  createTokenSource,
  type DeviceLogin,
  type Grant,
  type TokenCache,
  type TokenSource,
} from "./tokenSource.js";
export type { EventData, WatchEvent, WatchOptions } from "./watchEvents.js";
