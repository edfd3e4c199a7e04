import type { FindingCode } from "../../src/domain/diagnosis.js";
import type { ExpectedFinding } from "./expectedFinding.js";
import type { StagedService } from "./stagedService.js";

/** What a cause shows while it lasts. */
export interface Staged {
  expected: ExpectedFinding[];
  /** Ends the cause; null when nothing ends it. */
  undo: (() => Promise<unknown>) | null;
}

/** A cause that a test stages with real processes. */
export interface StagedCause {
  name: string;
  /** The codes of its findings. */
  codes: readonly FindingCode[];
  stage(service: StagedService): Promise<Staged>;
}
