import { expect, it } from "vitest";
import type { UpstreamState } from "../../../src/domain/upstreamOutcomes.js";
import type { LiveProcess } from "../../../src/store/processRegistry.js";
import { combineUpstreams } from "../../../src/views/system/processes.js";

/** A process that knows this of the MQS. */
const processWith = (mqs: Partial<UpstreamState>): LiveProcess => ({
  id: "a",
  role: "web",
  version: "1",
  host: "h",
  pid: 1,
  started: 0,
  seen: 0,
  upstreams: {
    mqs: { last_success: null, failing_since: null, last_error: null, latency_ms: null, ...mqs },
    identity_provider: null,
    pilot_images: null,
  },
});

const failed = (at: number) => ({ failing_since: at, last_error: { at, message: "refused" } });

it("a failure lasts while any process still fails", () => {
  const { mqs } = combineUpstreams([processWith({ last_success: 1000, latency_ms: 5 }), processWith(failed(990))]);
  expect(mqs).toMatchObject({ last_success: 1000, failing_since: 990, latency_ms: 5 });
});

it("an old failure of a process that has not called since is out of date", () => {
  const { mqs } = combineUpstreams([processWith({ last_success: 1000 }), processWith(failed(900))]);
  expect(mqs).toMatchObject({ last_success: 1000, failing_since: null, last_error: { at: 900 } });
});
