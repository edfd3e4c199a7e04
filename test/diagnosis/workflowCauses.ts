import { PHASE_CHANGE_SOURCES } from "../../src/domain/phases.js";
import { encodeLogEntry } from "../../src/store/records.js";
import {
  delayedResponse,
  dropResponse,
  normalResponse,
  type ScriptedResponse,
  statusResponse,
} from "../mqs/scriptedMqs.js";
import { waitForValue } from "../setup/waitFor.js";
import { inService, inWorkflow, worded } from "./expectedFinding.js";
import type { StagedCause } from "./stagedCause.js";
import type { StagedService } from "./stagedService.js";

/** Answers all activations in one manner until the returned function is called. */
function answerActivations({ mqs }: StagedService, answer: ScriptedResponse): () => void {
  mqs.setDefaultResponse(({ kind }) => (kind === "activation" ? answer : normalResponse));
  return () => mqs.setDefaultResponse(() => normalResponse);
}

/** Lets activations wait at the MQS. @returns the workflow that waits, and what answers them */
async function holdActivation(service: StagedService) {
  let release: () => void = () => undefined;
  const restore = answerActivations(
    service,
    delayedResponse(new Promise<void>((resolve) => (release = resolve)), normalResponse),
  );
  const created = await service.create({ withQueues: true });
  await service.mqs.waitForCall(({ kind, workflow }) => kind === "activation" && workflow === created.workflow);
  return {
    created,
    async answer() {
      restore();
      release();
    },
  };
}

const WAITING = "1 taskforce is waiting for the MQS to activate the message queues, for <duration>";

/** Causes before a taskforce is in a queue, and at the end of a workflow. */
export const WORKFLOW_CAUSES: readonly StagedCause[] = [
  {
    name: "the MQS has not answered yet",
    codes: ["activation-waiting"],
    async stage(service) {
      const { created, answer } = await holdActivation(service);
      return { expected: inWorkflow(created, "activation-waiting", WAITING), undo: answer };
    },
  },
  {
    name: "a launch that a process of an earlier release left between its two steps",
    codes: ["launching"],
    async stage(service) {
      const { created, answer } = await holdActivation(service);
      const change = {
        target_phase: "pre-launch",
        timestamp: Date.now() / 1000,
        was_successful: true,
        source_event_time: null,
        source_entity: PHASE_CHANGE_SOURCES.activator,
        context: "",
      } as const;
      await service.store.transitions.advance(
        [created.taskforce],
        [{ from: "pre-mq-activation", to: "pre-launch", entry: encodeLogEntry(change) }],
      );
      return {
        expected: inWorkflow(created, "launching", "1 taskforce is waiting to be put into the queue of a schedd"),
        undo: answer,
      };
    },
  },
  {
    name: "the MQS is unreachable during an activation",
    codes: ["activation-failing", "mqs-failing"],
    async stage(service) {
      // The creation reserves the queues. It needs the MQS.
      const restore = answerActivations(service, dropResponse);
      const created = await service.create({ withQueues: true });
      await service.mqsProxy.disconnect();
      return {
        expected: [
          ...inWorkflow(created, "activation-failing", `${WAITING}, which failed: the MQS cannot be reached`),
          ...inService(
            "mqs-failing",
            `the MQS has been failing since <time>: fetch failed: connect ECONNREFUSED 127.0.0.1:${service.mqsProxy.port}`,
          ),
        ],
        async undo() {
          restore();
          await service.mqsProxy.restore();
        },
      };
    },
  },
  {
    name: "the MQS answers activations with a 500",
    codes: ["activation-failing", "mqs-failing"],
    async stage(service) {
      const restore = answerActivations(service, statusResponse(500));
      const created = await service.create({ withQueues: true });
      return {
        expected: [
          ...inWorkflow(
            created,
            "activation-failing",
            `${WAITING}, which failed: the MQS failed to activate the message queues (HTTP 500)`,
          ),
          ...inService("mqs-failing", "the MQS has been failing since <time>: HTTP 500: scripted 500"),
        ],
        undo: async () => restore(),
      };
    },
  },
  {
    name: "the MQS refuses an activation, which an operator retries",
    codes: ["activation-refused"],
    async stage(service) {
      const restore = answerActivations(service, statusResponse(400, { error: "queue quota is used up" }));
      const created = await service.create({ withQueues: true });
      return {
        expected: [
          ...inWorkflow(
            created,
            "activation-refused",
            `${WAITING}, which it refused: the MQS refused to activate the message queues: queue quota is used up; ` +
              "an operator can retry it",
          ),
          ...inService(
            "activation-refused",
            "the MQS refused to activate the message queues of 1 workflow; an operator can retry it",
          ),
        ],
        async undo() {
          restore();
          await service.actOnDashboard("mq-activation", `${created.workflow}/retry`);
        },
      };
    },
  },
  {
    name: "the MQS fails during the creation of a workflow",
    codes: ["mqs-failing"],
    async stage(service) {
      service.mqs.setDefaultResponse(() => statusResponse(502));
      await service.create({ withQueues: true }).then(
        () => Promise.reject(new Error("the workflow was created")),
        (error: Error) => {
          if (!error.message.includes("503")) throw error;
        },
      );
      return {
        expected: inService("mqs-failing", "the MQS has been failing since <time>: HTTP 502: scripted 502"),
        async undo() {
          service.mqs.setDefaultResponse(() => normalResponse);
          await service.create({ withQueues: true });
        },
      };
    },
  },
  {
    name: "all taskforces completed, and the workflow is open",
    codes: ["all-completed"],
    async stage(service) {
      const running = await service.createRunning();
      await running.tms.complete({ taskforce_uuid: running.taskforce });
      return {
        expected: inWorkflow(running, "all-completed", "the only taskforce completed; finish the workflow"),
        undo: () => service.end(running, "finished"),
      };
    },
  },
  {
    name: "a workflow is aborted before it has a cluster",
    codes: ["never-started"],
    async stage(service) {
      const created = await service.create();
      await service.end(created);
      return {
        expected: inWorkflow(created, "never-started", "the only taskforce never started, so there is nothing to stop"),
        // Such a taskforce stays in pending-stopper.
        undo: null,
      };
    },
  },
  {
    name: "a web process dies during an abort",
    codes: ["deactivation-under-way"],
    async stage(service) {
      const created = await service.create();
      await service.interruptAbort(created);
      return {
        expected: inWorkflow(created, "deactivation-under-way", "the abort has yet to reach the only taskforce"),
        async undo() {
          service.worker.signal("SIGTERM");
          await service.worker.waitForExit();
          await service.startWorker();
        },
      };
    },
  },
  ...(["SIGKILL", "SIGTERM"] as const).map(
    (signal): StagedCause => ({
      name: `the only worker process ends by ${signal}`,
      codes: ["no-worker"],
      async stage(service) {
        const aborted = await service.create();
        service.worker.signal(signal);
        await service.worker.waitForExit();
        await service.interruptAbort(aborted);
        const created = await service.create({ withQueues: true });
        await waitForValue(
          "the heartbeat of the worker ends",
          () => service.store.processes.list(),
          (processes) => processes.every(({ role }) => role === "web"),
        );
        return {
          expected: [
            ...inWorkflow(created, "no-worker", "no worker process is running; 1 taskforce is waiting for it"),
            ...inWorkflow(
              aborted,
              "no-worker",
              "no worker process is running; the abort has yet to reach the only taskforce",
            ),
            {
              kind: "service",
              id: "",
              code: "no-worker",
              sentence: worded("no worker process is running; queues are not activated and taskforces not launched"),
            },
          ],
          undo: () => service.startWorker(),
        };
      },
    }),
  ),
];
