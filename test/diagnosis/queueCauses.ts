import { OPERATOR } from "../api/dashboard/dashboardFixture.js";
import { inSchedd, inService, inWorkflow } from "./expectedFinding.js";
import type { StagedCause } from "./stagedCause.js";

/** Causes in queues: pauses, leases, and work that is handed out first. */
export const QUEUE_CAUSES: readonly StagedCause[] = [
  {
    name: "an operator pauses a starter queue on the Bull dashboard",
    codes: ["queue-paused"],
    async stage(service) {
      const created = await service.create();
      const { schedd } = created;
      const queue = `starter-${schedd}`;
      await service.actOnDashboard(queue, "pause");
      const pause = `the starter queue of ${schedd} is paused (by ${OPERATOR}, since <time>)`;
      return {
        expected: [
          ...inWorkflow(
            created,
            "queue-paused",
            `${pause}; 1 taskforce is waiting for schedd ${schedd}, for <duration>`,
          ),
          ...inSchedd(schedd, "queue-paused", `${pause}; 1 taskforce is waiting in it`),
        ],
        undo: () => service.actOnDashboard(queue, "resume"),
      };
    },
  },
  {
    name: "a tool that only knows BullMQ pauses a starter queue",
    codes: ["queue-paused"],
    async stage(service) {
      const created = await service.create();
      const { schedd } = created;
      const queue = `starter-${schedd}`;
      await service.actOnQueue(queue, (paused) => paused.pause());
      const pause = `the starter queue of ${schedd} is paused`;
      return {
        expected: [
          ...inWorkflow(
            created,
            "queue-paused",
            `${pause}; 1 taskforce is waiting for schedd ${schedd}, for <duration>`,
          ),
          ...inSchedd(schedd, "queue-paused", `${pause}; 1 taskforce is waiting in it`),
        ],
        undo: () => service.actOnQueue(queue, (paused) => paused.resume()),
      };
    },
  },
  {
    name: "an operator pauses a stopper queue",
    codes: ["queue-paused"],
    async stage(service) {
      const running = await service.createRunning();
      const { schedd } = running;
      const queue = `stopper-${schedd}`;
      await service.actOnDashboard(queue, "pause");
      await service.end(running);
      const pause = `the stopper queue of ${schedd} is paused (by ${OPERATOR}, since <time>)`;
      return {
        expected: [
          ...inWorkflow(
            running,
            "queue-paused",
            `${pause}; 1 HTCondor cluster is waiting to be removed by schedd ${schedd}, for <duration>`,
          ),
          ...inSchedd(schedd, "queue-paused", `${pause}; 1 HTCondor cluster is waiting in it`),
        ],
        undo: () => service.actOnDashboard(queue, "resume"),
      };
    },
  },
  {
    name: "an operator pauses mq-activation",
    codes: ["queue-paused"],
    async stage(service) {
      await service.actOnDashboard("mq-activation", "pause");
      const created = await service.create({ withQueues: true });
      const pause = `the queue mq-activation is paused (by ${OPERATOR}, since <time>)`;
      return {
        expected: [
          ...inWorkflow(created, "queue-paused", `${pause}; 1 taskforce is waiting in it`),
          ...inService("queue-paused", pause),
        ],
        undo: () => service.actOnDashboard("mq-activation", "resume"),
      };
    },
  },
  {
    name: "an operator pauses workflow-deactivation",
    codes: ["queue-paused"],
    async stage(service) {
      const created = await service.create();
      await service.actOnDashboard("workflow-deactivation", "pause");
      await service.interruptAbort(created);
      await service.queues.deactivation.add([{ id: created.workflow, offset: 0 }]);
      const pause = `the queue workflow-deactivation is paused (by ${OPERATOR}, since <time>)`;
      return {
        expected: [
          ...inWorkflow(created, "queue-paused", `${pause}; the abort has yet to reach the only taskforce`),
          ...inService("queue-paused", pause),
        ],
        undo: () => service.actOnDashboard("workflow-deactivation", "resume"),
      };
    },
  },
  {
    name: "a TMS leases a taskforce and has not reported yet",
    codes: ["handed-out"],
    async stage(service) {
      const created = await service.create();
      const { schedd } = created;
      const handOut = await service.lease(created);
      return {
        expected: inWorkflow(
          created,
          "handed-out",
          `1 taskforce was handed out to the TMS of ${schedd}, <duration> ago, and is not reported yet; ` +
            "it is offered again at <time>",
        ),
        undo: () => created.tms.submit(handOut),
      };
    },
  },
  {
    name: "a TMS takes a taskforce twice and never reports",
    codes: ["hand-outs-unreported"],
    async stage(service) {
      const created = await service.create();
      const { schedd } = created;
      const other = await service.startOtherWeb({ TMS_LEASE_SECONDS: "0.5" });
      // A taskforce is handed out again after its lease has expired.
      await service.lease(created, other.url);
      await service.lease(created, other.url);
      await other.stop();
      await created.tms.leaseStopper();
      return {
        expected: inWorkflow(
          created,
          "hand-outs-unreported",
          `1 taskforce was handed out to the TMS of ${schedd} 2 times without a report, last until <time>`,
        ),
        undo: () => service.submitNext(created),
      };
    },
  },
  {
    name: "workflows with a higher priority are handed out first",
    codes: ["jobs-ahead"],
    async stage(service) {
      const place = service.nextPlace();
      const { tms, schedd } = await service.create({ place, priority: 60 });
      await service.create({ place, priority: 70 });
      const last = await service.create({ place, priority: 10 });
      // A poll: otherwise the silence of the TMS is the cause.
      await tms.leaseStopper();
      return {
        expected: inWorkflow(
          last,
          "jobs-ahead",
          `1 taskforce is waiting for schedd ${schedd}, for <duration>; 2 taskforces are ahead (priority 60 or higher); ` +
            "about 0 were handed out there in the last hour",
        ),
        async undo() {
          await service.submitNext(last);
          await service.submitNext(last);
        },
      };
    },
  },
  {
    name: "a taskforce waits for the next poll",
    codes: ["schedd-waiting"],
    async stage(service) {
      const created = await service.create();
      const { schedd, tms } = created;
      await tms.leaseStopper();
      return {
        expected: inWorkflow(created, "schedd-waiting", `1 taskforce is waiting for schedd ${schedd}, for <duration>`),
        undo: () => service.submitNext(created),
      };
    },
  },
];
