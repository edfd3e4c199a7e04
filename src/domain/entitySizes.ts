import { isCertainlySmall, jsonByteLength } from "./jsonSize.js";
import type { CreateWorkflowRequest, TaskRequest } from "./requestSchemas.js";
import { createYielder } from "./time.js";
import { invalid } from "./wmsError.js";

/** A field of a request with its size as JSON in UTF-8. */
interface SizedField {
  path: string;
  bytes: number;
}

/** Fields of a task that are stored in its taskforces; the others are stored in its directive. */
const TASKFORCE_FIELDS = ["pilot_config", "worker_config", "n_workers"] as const;

/**
 * Checks what a request stores in one task directive, one taskforce or the workflow against a limit.
 *
 * @throws WmsError `invalid` that names the largest field
 */
export async function checkEntitySizes(request: CreateWorkflowRequest, maxBytes: number): Promise<void> {
  const pause = createYielder();
  for (const [index, task] of request.tasks.entries()) {
    await pause();
    if (isCertainlySmall(task, maxBytes)) continue;
    for (const fields of entitiesOfTask(`tasks[${index}]`, task))
      await checkSize(`tasks[${index}]`, fields, maxBytes, pause);
  }
  await checkSize("workflow", [["public_queue_aliases", request.public_queue_aliases]], maxBytes, pause);
}

type Field = readonly [path: string, value: unknown];

const fieldsOf = (path: string, members: object): Field[] =>
  Object.entries(members).map(([name, value]) => [`${path}.${name}`, value]);

/** The fields of a task by the entity that stores them. */
function entitiesOfTask(path: string, task: TaskRequest): Field[][] {
  const { pilot_config = {}, worker_config } = task;
  const directive = Object.entries(task).filter(([name]) => !(TASKFORCE_FIELDS as readonly string[]).includes(name));
  return [
    fieldsOf(path, Object.fromEntries(directive)),
    [...fieldsOf(`${path}.pilot_config`, pilot_config), ...fieldsOf(`${path}.worker_config`, worker_config)],
  ];
}

async function checkSize(
  entity: string,
  fields: readonly Field[],
  maxBytes: number,
  pause: () => Promise<void> | undefined,
): Promise<void> {
  const sizes: SizedField[] = [];
  for (const [path, value] of fields) sizes.push({ path, bytes: await jsonByteLength(value, pause) });
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= maxBytes) return;
  const largest = sizes.reduce((one, other) => (other.bytes > one.bytes ? other : one));
  const limit = `at most ${maxBytes} are stored`;
  if (largest.bytes > maxBytes) throw invalid(`${largest.path}: ${largest.bytes} bytes, ${limit}`);
  throw invalid(`${entity}: ${total} bytes, ${limit}; the largest field is ${largest.path} with ${largest.bytes}`);
}
