import type { MqProfile } from "../../src/domain/mqProfile.js";

/** A status and a JSON body. */
export interface MqsResponse {
  code: number;
  body: unknown;
}

/** The state of a simulated MQS, and its normal responses. */
export class ReservedQueues {
  /** Workflow → alias → profile. */
  readonly #groups = new Map<string, Map<string, MqProfile>>();

  reserve(workflow: string, aliases: readonly string[], publicAliases: readonly string[]): MqsResponse {
    const group = this.#groups.get(workflow) ?? new Map<string, MqProfile>();
    this.#groups.set(workflow, group);
    for (const alias of aliases)
      if (!group.has(alias)) {
        const mqid = `MQ-${workflow.slice(3)}-${group.size}`;
        group.set(alias, makeProfile(mqid, workflow, alias, publicAliases.includes(alias)));
      }
    return groupResponse(workflow, group);
  }

  activate(workflow: string): MqsResponse {
    const group = this.#groups.get(workflow);
    if (group === undefined) return notFoundResponse(`no mq-group found for workflow: ${workflow}`);
    for (const profile of group.values())
      Object.assign(profile, {
        is_activated: true,
        auth_token: `token-of-${profile.mqid}`,
        broker_type: "rabbitmq",
        broker_address: "broker.example.org:5672",
      });
    return groupResponse(workflow, group);
  }

  profile(mqid: string): MqsResponse {
    const all = [...this.#groups.values()].flatMap((group) => [...group.values()]);
    const profile = all.find((candidate) => candidate.mqid === mqid);
    return profile === undefined
      ? notFoundResponse(`no mq-profile found with id: ${mqid}`)
      : { code: 200, body: profile };
  }

  /** The workflow of a queue. */
  workflowOf(mqid: string): string | undefined {
    const found = [...this.#groups].find(([, group]) => [...group.values()].some((profile) => profile.mqid === mqid));
    return found?.[0];
  }
}

const notFoundResponse = (error: string): MqsResponse => ({ code: 404, body: { code: 404, error } });

const groupResponse = (workflow: string, group: ReadonlyMap<string, MqProfile>): MqsResponse => ({
  code: 200,
  body: { mqgroup: { mqgroup_id: `MQG-${workflow.slice(3)}` }, mqprofiles: [...group.values()] },
});

const makeProfile = (mqid: string, workflow: string, alias: string, isPublic: boolean): MqProfile => ({
  mqid,
  workflow_id: workflow,
  timestamp: Date.now() / 1000,
  alias,
  is_public: isPublic,
  is_activated: false,
  auth_token: null,
  broker_type: null,
  broker_address: null,
});
