export type {
  ByPhase,
  FailedAttempt,
  Phase,
  Summary,
  TaskDirective,
  Taskforce,
  TaskSummary,
  WithAllFields,
  Workflow,
  WorkflowRequest,
} from "./apiTypes.js";
export { type Client, type ClientOptions, createClient } from "./client.js";
export { ApiError, LoginFailed, Unreachable } from "./clientErrors.js";
export type { EntityByKind, QueryOrder, QueryRequest, ResultPage } from "./paging.js";
export type { PageEnd, QueryPlan } from "./queryPlan.js";
export type { RetryOptions } from "./retryRequests.js";
export type { components, paths } from "./schema.js";
export { createTokenFileCache } from "./tokenFile.js";
export {
  type Credentials,
  createTokenSource,
  type DeviceLogin,
  type TokenCache,
  type TokenSet,
  type TokenSource,
} from "./tokenSource.js";
export { unwrapResponse } from "./unwrapResponse.js";
export type { EventData, WatchEvent, WatchOptions } from "./watchEvents.js";
