import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { SECRETS } from "./secretMarkers.js";

/** How the MQS answers; all but `well` and `later` quote every secret that it knows. */
export type MqsBehavior = "well" | "later" | "refuses" | "unauthorized" | "fails" | "garbage" | "drops";

/** What is asked of it. */
export type MqsRequestKind = "token" | "reservation" | "activation";

/** A real MQS with its token service, that keeps no secret for itself. */
export interface LeakingMqs {
  address: string;
  /** Each is `well` to begin with. */
  behaviors: Record<MqsRequestKind, MqsBehavior>;
}

/** Every way to write a secret into an error that a service of this world has been seen to use. */
const QUOTED_SECRETS = [
  `Authorization: Bearer ${SECRETS.accessToken}`,
  `token ${SECRETS.accessToken} is not valid`,
  `client_secret=${encodeURIComponent(SECRETS.clientSecret)}&grant_type=client_credentials`,
  `{"client_secret":${JSON.stringify(SECRETS.clientSecret)}}`,
  `{"auth_token": "${SECRETS.queueToken}"}`,
  `auth_token=${SECRETS.queueToken}`,
  `amqp://user:${SECRETS.queueToken}@broker:5672`,
];

/** So many answers in a row quote in every way. */
export const QUOTE_COUNT = QUOTED_SECRETS.length;

/** Starts it until the test has ended. */
export async function startLeakingMqs(): Promise<LeakingMqs> {
  const moods: Record<MqsRequestKind, MqsBehavior> = {
    token: "well",
    reservation: "well",
    activation: "well",
  };
  let quotes = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const [, workflow = "", asked = ""] =
      /^\/v1\/mqs\/workflows\/([^/]+)\/mq-group\/(\w+)$/.exec(request.url ?? "") ?? [];
    const sent = await text(request);
    const send = (code: number, body: string) =>
      response.writeHead(code, { "content-type": "application/json" }).end(body);
    const kind = request.url === "/token" ? "token" : (asked as MqsRequestKind);
    const error = QUOTED_SECRETS[quotes++ % QUOTED_SECRETS.length];
    const moodIs: Record<MqsBehavior, () => unknown> = {
      well: () => send(200, JSON.stringify(normalBody(kind, workflow, sent))),
      later: () => send(200, '{"try_again_later": true}'),
      refuses: () => send(400, JSON.stringify({ error })),
      unauthorized: () => send(401, JSON.stringify({ error })),
      fails: () => send(500, JSON.stringify({ error })),
      garbage: () => send(200, JSON.stringify({ error, access_token: `${SECRETS.accessToken} with blanks` })),
      drops: () => response.destroy(),
    };
    // The token service has no discovery document, and its 404 quotes secrets, too.
    if (!(kind in moods)) return send(404, JSON.stringify({ error }));
    moodIs[moods[kind]]();
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, behaviors: moods };
}

const aliasesByWorkflow = new Map<string, string[]>();

function normalBody(kind: MqsRequestKind, workflow: string, sent: string): unknown {
  if (kind === "token") return { access_token: SECRETS.accessToken, token_type: "Bearer", expires_in: 11 };
  if (kind === "reservation")
    aliasesByWorkflow.set(workflow, (JSON.parse(sent) as { queue_aliases: string[] }).queue_aliases);
  const isActive = kind === "activation";
  const mqprofiles = (aliasesByWorkflow.get(workflow) ?? []).map((alias) => ({
    mqid: `MQ-${workflow.slice(3)}-${alias}`,
    workflow_id: workflow,
    timestamp: 1_700_000_000,
    alias,
    is_public: false,
    is_activated: isActive,
    auth_token: isActive ? SECRETS.queueToken : null,
    broker_type: isActive ? "rabbitmq" : null,
    broker_address: isActive ? "broker:5672" : null,
  }));
  return { mqgroup: {}, mqprofiles };
}
