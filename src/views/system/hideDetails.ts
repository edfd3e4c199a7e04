import type { SystemState, SystemUpstream } from "../../domain/system.js";

/** The state without what only operators may see: hosts, addresses, process ids, and error messages of upstreams. */
export const hideDetails = (system: SystemState): SystemState => ({
  ...system,
  processes: system.processes.map((each) => ({
    ...each,
    host: null,
    pid: null,
    upstreams: hideMessages(each.upstreams),
  })),
  redis: system.redis.map((server) => ({
    ...server,
    address: null,
    replicas: server.replicas.map((replica) => ({ ...replica, address: null })),
  })),
  upstreams: hideMessages(system.upstreams),
});

const hideMessages = ({
  mqs,
  identity_provider,
  pilot_images,
}: SystemState["upstreams"]): SystemState["upstreams"] => ({
  mqs: hideMessage(mqs),
  identity_provider: hideMessage(identity_provider),
  pilot_images: hideMessage(pilot_images),
});

const hideMessage = (state: SystemUpstream | null): SystemUpstream | null =>
  state && { ...state, last_error: state.last_error && { ...state.last_error, message: null } };
