import { ApiError, LoginFailed, Unreachable } from "../clientErrors.js";

/** What the command line ends with. `docs/client.md` and `--help` tell users. */
export const EXIT_CODE = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

/** The same for people, as `--help` shows them. */
export const EXIT_CODES_HELP = `Exit codes:
  0    done
  1    failed: the service is at fault, or a watched workflow was aborted
  2    the command, its file or its request is wrong
  3    there is no such thing
  4    refused: not logged in, not allowed, or not in this state
  5    the service can't be reached, or is away for now
  130  interrupted`;

/** Ends a command with one sentence, and a code of {@link EXIT_CODE}. */
export class CommandError extends Error {
  override name = "CommandError";
  readonly exitCode: number;

  constructor(exitCode: number, sentence: string) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** A command that can't be carried out as it was given. */
export const usageError = (message: string): CommandError => new CommandError(EXIT_CODE.usage, message);

const EXIT_CODE_BY_STATUS: Record<number, number> = {
  400: EXIT_CODE.usage,
  401: EXIT_CODE.refused,
  403: EXIT_CODE.refused,
  404: EXIT_CODE.notFound,
  409: EXIT_CODE.refused,
  413: EXIT_CODE.usage,
  422: EXIT_CODE.refused,
  429: EXIT_CODE.unreachable,
  503: EXIT_CODE.unreachable,
};

/** What to do next, where the service's own words don't say it. */
const NEXT_STEP_BY_STATUS: Record<number, string> = {
  401: "set EWMS_TOKEN, or EWMS_OPENID_URL and EWMS_CLIENT_ID to log in",
  403: "ask whoever runs the service for the role",
  429: "try again in a minute",
  500: "tell whoever runs the service; its log has more",
  502: "tell whoever runs the service; its log has more",
  503: "try again in a minute",
};

/** What an error is to the one who typed the command: one sentence with a next step, and the exit code. */
export function describeError(error: unknown): { sentence: string; exitCode: number } {
  if (error instanceof CommandError) return { sentence: error.message, exitCode: error.exitCode };
  if (error instanceof ApiError) {
    const { status, message } = error;
    const next = NEXT_STEP_BY_STATUS[status] === undefined ? "" : `: ${NEXT_STEP_BY_STATUS[status]}`;
    return { sentence: message + next, exitCode: EXIT_CODE_BY_STATUS[status] ?? EXIT_CODE.failure };
  }
  if (error instanceof Unreachable) {
    const next = error.mayHaveSucceeded
      ? "it may have been done all the same: look at the workflow with ewms get"
      : "is the service running? Set EWMS_URL or --url";
    return { sentence: `${error.message}: ${next}`, exitCode: EXIT_CODE.unreachable };
  }
  if (error instanceof LoginFailed)
    return {
      sentence: `${error.message}: check EWMS_OPENID_URL, EWMS_CLIENT_ID and EWMS_CLIENT_SECRET`,
      exitCode: EXIT_CODE.refused,
    };
  return { sentence: error instanceof Error ? error.message : String(error), exitCode: EXIT_CODE.failure };
}
