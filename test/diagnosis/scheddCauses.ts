import type { StrayCluster } from "../../src/domain/strayCluster.js";
import { LAST_POLLS_KEY } from "../../src/store/keys.js";
import { submitReport } from "../api/requestBodies.js";
import { waitForValue } from "../setup/waitFor.js";
import { inSchedd, inService, inWorkflow } from "./expectedFinding.js";
import type { StagedCause } from "./stagedCause.js";

/** A poll so many seconds ago makes a TMS silent. */
const SILENT_SECONDS = 400;
const WORKERS = 100;

/** Causes at an access point: its TMS, its HTCondor, its configuration. */
export const SCHEDD_CAUSES: readonly StagedCause[] = [
  {
    name: "no TMS has ever polled",
    codes: ["schedd-silent"],
    async stage(service) {
      const created = await service.create();
      const { schedd, tms } = created;
      const sentence = `1 taskforce is waiting for schedd ${schedd}, for <duration>; no TMS has asked for work there yet`;
      return {
        expected: [...inWorkflow(created, "schedd-silent", sentence), ...inSchedd(schedd, "schedd-silent", sentence)],
        undo: () => tms.leaseStopper(),
      };
    },
  },
  {
    name: "a TMS has not polled for five minutes",
    codes: ["schedd-silent"],
    async stage(service) {
      const created = await service.create();
      const { schedd, tms } = created;
      await tms.leaseStopper();
      await waitForValue(
        "the poll is stored",
        () => service.redis.zscore(LAST_POLLS_KEY, schedd),
        (score) => score !== null,
      );
      await service.redis.zadd(LAST_POLLS_KEY, Date.now() / 1000 - SILENT_SECONDS, schedd);
      const sentence = `1 taskforce is waiting for schedd ${schedd}, for <duration>; no TMS has asked for work there for 6 min`;
      return {
        expected: [...inWorkflow(created, "schedd-silent", sentence), ...inSchedd(schedd, "schedd-silent", sentence)],
        undo: () => tms.leaseStopper(),
      };
    },
  },
  {
    name: "a schedd is removed from CLUSTER_LOCATIONS",
    codes: ["schedd-removed"],
    async stage(service) {
      const created = await service.create();
      const { schedd, tms } = created;
      await tms.leaseStopper();
      await service.restartWeb({ omitted: schedd });
      const sentence =
        `1 taskforce is waiting for schedd ${schedd}, for <duration>; ${schedd} is no longer configured; ` +
        "its TMS was last seen at <time>";
      return {
        expected: [...inWorkflow(created, "schedd-removed", sentence), ...inSchedd(schedd, "schedd-removed", sentence)],
        undo: () => service.restartWeb(),
      };
    },
  },
  {
    name: "a TMS polls with an unknown name",
    codes: ["unknown-schedd-polls"],
    async stage(service) {
      const schedd = "misspelt-schedd";
      await service.tmsOf(schedd).leaseStarter();
      return {
        expected: inService(
          "unknown-schedd-polls",
          `TMSes have asked for work of schedd ${schedd}, which is not configured, since <time>`,
        ),
        undo: () => service.restartWeb({ added: schedd }),
      };
    },
  },
  {
    name: "a submission fails and is retried after a wait",
    codes: ["submissions-failing"],
    async stage(service) {
      const created = await service.create();
      const { schedd, tms } = created;
      await tms.submitFailed(await service.lease(created), "no space left");
      return {
        expected: inWorkflow(
          created,
          "submissions-failing",
          `1 taskforce is waiting for schedd ${schedd}, for <duration>, after a failed submission: no space left`,
        ),
        undo: () => service.submitNext(created),
      };
    },
  },
  {
    name: "submissions fail until the taskforce is a dead letter, which a user retries",
    codes: ["dead-letters"],
    async stage(service) {
      const created = await service.create();
      const { schedd, tms, workflow } = created;
      await tms.submitFailed(await service.lease(created), "no space left");
      await tms.submitFailed(await service.lease(created), "no route to host");
      return {
        expected: [
          ...inWorkflow(
            created,
            "dead-letters",
            `1 taskforce was given up at schedd ${schedd} after 2 failed submissions: no route to host; ` +
              "an operator can retry it",
          ),
          ...inSchedd(schedd, "dead-letters", `1 taskforce was given up at schedd ${schedd}; an operator can retry it`),
        ],
        undo: () => service.request("POST", `/v1/workflows/${workflow}/actions/retry`, {}),
      };
    },
  },
  {
    name: "condor_rm fails",
    codes: ["removals-failing"],
    async stage(service) {
      const running = await service.createRunning();
      const { schedd, tms } = running;
      await service.end(running);
      await tms.removeFailed(await service.leaseToStop(running), "schedd is down");
      return {
        expected: inWorkflow(
          running,
          "removals-failing",
          `1 HTCondor cluster is waiting to be removed by schedd ${schedd}, for <duration>, which failed: schedd is down`,
        ),
        undo: async () => tms.remove(await service.leaseToStop(running)),
      };
    },
  },
  {
    name: "a cluster waits to be removed",
    codes: ["removal-waiting"],
    async stage(service) {
      const running = await service.createRunning();
      const { schedd, tms } = running;
      await service.end(running, "finished");
      return {
        expected: inWorkflow(
          running,
          "removal-waiting",
          `1 HTCondor cluster is waiting to be removed by schedd ${schedd}, for <duration>`,
        ),
        undo: async () => tms.remove(await service.leaseToStop(running)),
      };
    },
  },
  {
    name: "HTCondor holds 98 of 100 workers",
    codes: ["workers-held"],
    async stage(service) {
      const running = await service.createRunning();
      await service.reportWorkers(running, { RUNNING: 2, "HELD: disk full": 98 });
      return {
        expected: inWorkflow(running, "workers-held", "98 of 100 workers are held: disk full"),
        undo: () => service.reportWorkers(running, { RUNNING: WORKERS }),
      };
    },
  },
  {
    name: "all workers are idle",
    codes: ["workers-idle"],
    async stage(service) {
      const running = await service.createRunning();
      await service.reportWorkers(running, { IDLE: WORKERS });
      return {
        expected: inWorkflow(running, "workers-idle", "all 100 workers are idle"),
        undo: () => service.reportWorkers(running, { RUNNING: 1, IDLE: WORKERS - 1 }),
      };
    },
  },
  {
    name: "a cluster runs although its report was rejected, until an operator dismisses it",
    codes: ["stray-clusters"],
    async stage(service) {
      const running = await service.createRunning();
      const { schedd, taskforce, workflow } = running;
      const path = `/v1/tms/condor-submit/taskforces/${taskforce}`;
      await service.send("POST", path, { ...submitReport(), cluster_id: 7001 }, service.tokens.tms);
      const sentence = `HTCondor runs 1 cluster whose report was rejected: 7001 on ${schedd}`;
      return {
        expected: [...inWorkflow(running, "stray-clusters", sentence), ...inSchedd(schedd, "stray-clusters", sentence)],
        async undo() {
          const { stray_clusters } = await service.request<{ stray_clusters: StrayCluster[] }>(
            "GET",
            `/v1/stray-clusters?workflow_id=${workflow}`,
          );
          for (const { id } of stray_clusters) await service.request("DELETE", `/v1/stray-clusters/${id}`);
        },
      };
    },
  },
];
