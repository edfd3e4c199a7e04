import { imageName } from "../../../client/src/format.js";
import { hideSecretsInText } from "../../../client/src/hideSecrets.js";
import type { TaskDirective } from "../api/apiTypes.ts";
import { shortId } from "../parts/format.ts";

/** Characters of the arguments that are read: they may have a megabyte. */
const MAX_READ_LENGTH = 500;
/** Characters of the arguments in a task's name. */
const MAX_ARGS_LENGTH = 28;

/** What distinguishes a task from others with the same image: the first words of its arguments, else its short id. */
export function taskDetail({ task_id, task_args }: Pick<TaskDirective, "task_id" | "task_args">): string {
  const args = hideSecretsInText(task_args.slice(0, MAX_READ_LENGTH)).trim().replace(/\s+/g, " ");
  if (args === "") return shortId(task_id);
  if (args.length <= MAX_ARGS_LENGTH) return args;
  // A cut word is shown only if it is the first one.
  const cut = args.slice(0, MAX_ARGS_LENGTH).replace(/ \S*$/, "");
  return `${cut}…`;
}

/** The name of a task: its image and what distinguishes it. */
export const taskName = (task: Pick<TaskDirective, "task_id" | "task_args" | "task_image">): string =>
  `${imageName(task.task_image)} ${taskDetail(task)}`;
